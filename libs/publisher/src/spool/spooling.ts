import { errorCode } from '@omninode/contracts';
import { countUp } from '../counts.js';
import type { Counts } from '../counts.js';
import type { SpoolSettings } from '../options.js';
import { Pause } from '../pause.js';
import type { Store } from '../spill.js';
import { openFirstFree, openOrphans } from './spool-folders.js';
import type { SpoolOptions } from './spool.js';

export interface SpoolingOptions extends Pick<SpoolOptions, 'producers' | 'now'> {
  readonly counts: Counts;
  readonly spool: SpoolSettings;
  onProblem(error: unknown): void;
}

/** The own spool of a process, opened in the background, and the search for those of dead processes. */
export class Spooling {
  /** `null`: the spool can't be had. That was reported, and the rest works without it. */
  readonly opening: Promise<Store | null>;
  private readonly pause = new Pause();
  private readonly spoolOptions: SpoolOptions;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: SpoolingOptions) {
    const { spool, counts, producers, now } = options;
    const maxBytes = spool.maxBytes ?? defaultMaxBytes;
    const segmentBytes = Math.min(largestSegmentBytes, maxBytes / 8);
    this.spoolOptions = { maxBytes, segmentBytes, counts, producers, now };
    this.opening = openFirstFree(spool.directory, this.spoolOptions).catch((error: unknown) => this.report(error));
  }

  /** Looks now and again from time to time. Without an own spool it leaves the others to processes that have one. */
  adoptOrphans(onOrphan: (orphan: Store) => void): void {
    this.looking = this.look(onOrphan);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.pause.end();
    await this.looking;
  }

  private async look(onOrphan: (orphan: Store) => void): Promise<void> {
    if (!(await this.opening)) return;
    const { directory, adoptIntervalMs = 60_000 } = this.options.spool;
    while (!this.stopped) {
      const orphans = await openOrphans(directory, this.spoolOptions).catch((error: unknown) => this.report(error));
      for (const orphan of orphans ?? []) onOrphan(orphan);
      if (!this.stopped) await this.pause.wait(adoptIntervalMs);
    }
  }

  private report(error: unknown): null {
    countUp(this.options.counts.failures, errorCode(error));
    this.options.onProblem(error);
    return null;
  }
}

const defaultMaxBytes = 256 * 1024 * 1024;
/** A segment that is replayed is held in memory. */
const largestSegmentBytes = 4 * 1024 * 1024;
