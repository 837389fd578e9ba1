import type { SeriesStore } from '../store/series-store.js';

/**
 * How long requests took, added up: an exponential histogram of four buckets a doubling, so that a quantile of it is at most a
 * tenth off. Bucket `offset + i` holds durations up to 2^((offset + i + 1) / 4) s.
 */
export interface DurationTotals {
  readonly count: number;
  readonly sumSeconds: number;
  readonly zeroCount: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

const scale = 2;
/** Durations beyond 2^±40 s lie in the outermost buckets: that bounds what a summary carries. */
const outermost = 40 * 2 ** scale;

/** Adds durations up, whichever histogram they come in. */
export class DurationSum {
  private sumSeconds = 0;
  private zeroCount = 0;
  private readonly counts = new Map<number, number>();

  /** Adds a series of `omninode_request_duration_seconds`. */
  add(store: SeriesStore, series: number): void {
    const { metric } = store.series[series]!;
    if (metric.kind === 'exponential') this.addExponential(store, series);
    if (metric.kind === 'histogram') this.addExplicit(store, series);
  }

  addTotals({ sumSeconds, zeroCount, offset, counts }: DurationTotals): void {
    this.sumSeconds += sumSeconds;
    this.zeroCount += zeroCount;
    for (const [at, count] of counts.entries()) this.put(offset + at, count);
  }

  merge(other: DurationSum): void {
    const form = other.form();
    if (form) this.addTotals(form);
  }

  /** `undefined` when nothing was added. */
  form(): DurationTotals | undefined {
    const indexes = [...this.counts.keys()];
    const inBuckets = indexes.reduce((sum, index) => sum + this.counts.get(index)!, 0);
    const count = inBuckets + this.zeroCount;
    if (count === 0) return undefined;
    const offset = indexes.length === 0 ? 0 : Math.min(...indexes);
    const length = indexes.length === 0 ? 0 : Math.max(...indexes) - offset + 1;
    const counts = Array.from({ length }, (_, at) => this.counts.get(offset + at) ?? 0);
    return { count, sumSeconds: this.sumSeconds, zeroCount: this.zeroCount, offset, counts };
  }

  private addExponential(store: SeriesStore, series: number): void {
    const value = store.exponentials.get(series);
    if (!value) return;
    this.sumSeconds += value.sum;
    this.zeroCount += value.zeroCount;
    for (const [at, count] of value.counts.entries()) {
      // The last of our buckets that the bucket reaches into: exact where theirs are narrower than ours.
      const end = Math.ceil((value.offset + at + 1) * 2 ** (scale - value.scale));
      this.put(end - 1, count);
    }
  }

  private addExplicit(store: SeriesStore, series: number): void {
    const { bounds } = store.series[series]!.metric;
    const slot = store.slots[series]!;
    this.sumSeconds += store.values[slot + bounds.length + 1]!;
    for (let at = 0; at <= bounds.length; at++) {
      // What lies above the last bound is at least that long.
      const bound = bounds[Math.min(at, bounds.length - 1)] ?? 0;
      const count = store.values[slot + at]!;
      if (bound <= 0) this.zeroCount += count;
      else this.put(Math.ceil(Math.log2(bound) * 2 ** scale) - 1, count);
    }
  }

  private put(index: number, count: number): void {
    if (count === 0) return;
    const at = Math.max(-outermost, Math.min(outermost, index));
    this.counts.set(at, (this.counts.get(at) ?? 0) + count);
  }
}

/** The duration that a share of the requests did not exceed, s. */
export function durationQuantile({ count, zeroCount, offset, counts }: DurationTotals, share: number): number {
  const rank = share * count;
  let below = zeroCount;
  if (rank <= below) return 0;
  for (const [at, inBucket] of counts.entries()) {
    if (inBucket > 0 && rank <= below + inBucket) {
      const within = (rank - below) / inBucket;
      return 2 ** ((offset + at + within) / 2 ** scale);
    }
    below += inBucket;
  }
  return 2 ** ((offset + counts.length) / 2 ** scale);
}

/** What came to the durations between two readings; `undefined` when nothing did, or when they began anew. */
export function durationsSince(before: DurationTotals, after: DurationTotals): DurationTotals | undefined {
  const counts = after.counts.map((count, at) => count - (before.counts[after.offset + at - before.offset] ?? 0));
  const count = after.count - before.count;
  if (count <= 0 || counts.some((each) => each < 0)) return undefined;
  const sumSeconds = after.sumSeconds - before.sumSeconds;
  return {
    count,
    sumSeconds,
    zeroCount: Math.max(0, after.zeroCount - before.zeroCount),
    offset: after.offset,
    counts,
  };
}
