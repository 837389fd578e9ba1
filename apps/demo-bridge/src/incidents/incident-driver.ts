import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@omninode/service-kit';
import { shuffled } from '../chance.js';
import type { DemoConfig } from '../demo.config.js';
import { pause } from '../pause.js';
import type { Incident } from './incident.js';

export interface IncidentDriverOptions {
  readonly incidents: readonly Incident[];
  readonly config: Pick<DemoConfig, 'incident' | 'quiet' | 'firstIncident' | 'incidentPause'>;
  readonly chance: () => number;
  /** Resolves when there is something that can go wrong. */
  readonly prepared: Promise<void>;
  readonly logger: Logger;
}

/** Lets one thing after the other go wrong: each once a round, in another order each round; the first of all is the first in the list. */
export class IncidentDriver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController();
  #running: Promise<void> | undefined;

  constructor(private readonly options: IncidentDriverOptions) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { config, incidents, prepared, logger } = this.options;
    const { signal } = this.#end;
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([prepared, ended]);
    for (const { name, impossible } of incidents)
      if (impossible) logger.info('An incident can not happen here.', { incident: name, reason: impossible });
    const wanted = incidents.find(({ name }) => name === config.incident);
    if (wanted) await this.#happen(wanted);
    if (config.quiet || !(await pause(config.firstIncident, signal))) return;
    await this.#cycle(incidents.filter(({ impossible }) => !impossible));
  }

  async #cycle([first, ...others]: readonly Incident[]): Promise<void> {
    const { config, chance } = this.options;
    if (!first) return;
    for (let round = [first, ...shuffled(others, chance)]; ; round = shuffled([first, ...others], chance)) {
      for (const incident of round) {
        await this.#happen(incident);
        if (!(await pause(config.incidentPause, this.#end.signal))) return;
      }
    }
  }

  async #happen({ name, sentence, impossible, happen }: Incident): Promise<void> {
    if (impossible || this.#end.signal.aborted) return;
    this.options.logger.warn('An incident begins, as it should in a demo.', { incident: name, what: sentence });
    await happen(this.#end.signal);
  }
}
