import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { errorCode } from '@omninode/contracts';
import type { Logger } from '@omninode/service-kit';
import type { HookStore } from '../hooks/hook-store.js';
import type { OwnAddress } from '../own-address.js';
import { pause } from '../pause.js';
import { madeHook } from './made-hooks.js';

export interface LoadDriverOptions {
  readonly perSecond: number;
  readonly chance: () => number;
  readonly address: OwnAddress;
  readonly store: HookStore;
  readonly logger: Logger;
}

const mostUnderWay = 100;
const timeoutMs = 10_000;

/** Asks this service as others would, over HTTP: a steady trickle of hooks, and now and then somebody who looks at them. */
export class LoadDriver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #end = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly options: LoadDriverOptions) {}

  onApplicationBootstrap(): void {
    if (this.options.perSecond > 0) void this.#run();
  }

  /** Who asked has gone: nobody waits for answers any more. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { address, store, perSecond, chance } = this.options;
    const { signal } = this.#end;
    const [url] = await Promise.all([address.url(), store.prepared]);
    // Times between independent requests are exponentially distributed.
    while (await pause((-Math.log(1 - chance()) * 1_000) / perSecond, signal)) {
      if (this.#underWay.size >= mostUnderWay) continue;
      const asked = this.#ask(url).finally(() => this.#underWay.delete(asked));
      this.#underWay.add(asked);
    }
  }

  async #ask(url: string): Promise<void> {
    const { chance, logger } = this.options;
    const looks = chance();
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const path = looks < 0.02 ? '/reports/sources' : looks < 0.1 ? '/sessions' : undefined;
      const answer =
        path === undefined ? await post(url, madeHook(chance), signal) : await fetch(url + path, { signal });
      await answer.arrayBuffer();
    } catch (error) {
      logger.debug('A request of the load got no answer.', { code: errorCode(error) });
    }
  }
}

function post(url: string, hook: object, signal: AbortSignal): Promise<Response> {
  return fetch(`${url}/hooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hook),
    signal,
  });
}
