import { recentTotals, type PartitionSummary, type RecentComponent } from '@omninode/aggregation';

export interface WindowOptions {
  /** How far back the window reaches, ms. */
  readonly lengthMs: number;
  /** How far apart its readings are, ms. */
  readonly everyMs: number;
}

interface Reading {
  readonly atMs: number;
  readonly summaries: readonly PartitionSummary[];
}

/** Readings of the summaries over the latest minutes: what rates are made of. A restart begins with an empty one, and says so. */
export class RecentWindow {
  private readings: Reading[] = [];

  constructor(readonly options: WindowOptions) {}

  /** To be called as often as one likes: only some of the readings are kept. */
  add(summaries: readonly PartitionSummary[], atMs: number): void {
    const { lengthMs, everyMs } = this.options;
    const newest = this.readings.at(-1);
    if (newest && atMs - newest.atMs < everyMs) return;
    this.readings = [...this.readings.filter((reading) => atMs - reading.atMs <= lengthMs), { atMs, summaries }];
  }

  /** What components did between the oldest reading and now. */
  until(summaries: readonly PartitionSummary[], nowMs: number): { recent: RecentComponent[]; windowMs: number } {
    const oldest = this.readings[0];
    return {
      recent: recentTotals([...this.readings.map((reading) => reading.summaries), summaries]),
      windowMs: oldest ? Math.max(0, nowMs - oldest.atMs) : 0,
    };
  }
}
