import type { HistoryCounts, RollupKeeper } from '@omninode/history';
import type { CompanionFactory } from '../companion.js';
import { RollupCompanion, type RollupCompanionOptions, type RollupTally } from './rollup-companion.js';

/** A companion that was not asked to publish for this long keeps a partition that is another's by now, ms. */
const currentMs = 15_000;

/** The hourly rollups of the partitions of one process. */
export class Rollups {
  /** For the aggregator's `companions`. */
  readonly companion: CompanionFactory;
  private readonly tally: RollupTally = {
    written: { open: 0, closed: 0 },
    failures: 0,
    latePoints: 0,
    leftOutSeries: 0,
  };
  private readonly companions = new Map<number, RollupCompanion>();

  constructor(
    options: RollupCompanionOptions,
    private readonly nowMs: () => number,
  ) {
    this.companion = (context) => {
      const companion = new RollupCompanion(options, context, this.tally);
      this.companions.set(context.partition, companion);
      return companion;
    };
  }

  counts(): RollupTally & Pick<HistoryCounts, 'subjects' | 'folded'> {
    const subjects = { operation: 0, counter: 0, gauge: 0, statement: 0 };
    let folded = 0;
    for (const keeper of this.current()) {
      folded += keeper.subjects.folded;
      for (const kind of ['operation', 'counter', 'gauge', 'statement'] as const) {
        subjects[kind] += keeper.subjects.counts[kind];
      }
    }
    return { ...this.tally, subjects, folded };
  }

  /** Those of the partitions that are ours; the others are let go. */
  private current(): RollupKeeper[] {
    const nowMs = this.nowMs();
    for (const [partition, { flushedMs }] of this.companions) {
      if (flushedMs > 0 && nowMs - flushedMs > currentMs) this.companions.delete(partition);
    }
    return [...this.companions.values()].map(({ keeper }) => keeper);
  }
}
