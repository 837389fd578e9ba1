import type { ExponentialValue } from '@omninode/contracts';

/** What a histogram gained between two samples. */
interface Gain {
  timeMs: number;
  /** Observations by number of their bucket. */
  readonly counts: Map<number, number>;
  count: number;
  sum: number;
}

interface Total {
  readonly counts: ReadonlyMap<number, number>;
  readonly count: number;
  readonly sum: number;
}

export interface HistogramWindowForm {
  readonly scale: number;
  readonly firstMs: number;
  readonly gains: readonly (readonly [
    timeMs: number,
    count: number,
    sum: number,
    counts: readonly (readonly [number, number])[],
  ])[];
}

/** Gains that are kept apart; beyond, neighbours become one, which makes only the begin of the window less exact. */
const mostGains = 64;
/** Buckets at this scale are 9 % wide; finer ones are merged into them. */
const finestScale = 3;
/** The number of the bucket for zero, below all others. */
export const zeroBucket = -1_000_000;

/** What the histograms of a signal gained in a window, kept as differences, so that a reset or a new series needs no care later. */
export class HistogramWindow {
  private gains: Gain[] = [];
  /** Of the exponential ones: only gets coarser. */
  scale = finestScale;
  /** Since when it is known what was gained. */
  firstMs = 0;

  constructor(private readonly overMs: number) {}

  get lastMs(): number {
    return this.gains.at(-1)?.timeMs ?? this.firstMs;
  }

  /** The gain that belongs to a time; what is said of an earlier time counts to the newest. */
  gainAt(timeMs: number): Gain {
    const last = this.gains.at(-1);
    if (last && timeMs <= last.timeMs) return last;
    if (this.firstMs === 0) this.firstMs = timeMs;
    while (this.gains[0] && this.gains[0].timeMs <= timeMs - this.overMs) this.gains.shift();
    if (this.gains.length >= mostGains) this.mergeNeighbours();
    const gain = { timeMs, counts: new Map<number, number>(), count: 0, sum: 0 };
    this.gains.push(gain);
    return gain;
  }

  /** Adds what an exponential histogram has more than `before`; `undefined`: all of it. */
  addExponential(timeMs: number, value: ExponentialValue, before: ExponentialValue | undefined): void {
    const gain = this.gainAt(timeMs);
    this.coarsen(Math.min(value.scale, before?.scale ?? value.scale));
    const add = ({ scale, zeroCount, offset, counts, sum }: ExponentialValue, sign: 1 | -1) => {
      const shift = scale - this.scale;
      addCount(gain, zeroBucket, sign * zeroCount);
      for (const [at, count] of counts.entries()) if (count > 0) addCount(gain, (offset + at) >> shift, sign * count);
      gain.sum += sign * sum;
    };
    add(value, 1);
    if (before) add(before, -1);
  }

  /** Adds the gains of explicit buckets: `counts` of each bucket with +Inf, not accumulated, and the sum behind them. */
  addExplicit(timeMs: number, slots: ArrayLike<number>, before: ArrayLike<number> | undefined): void {
    const gain = this.gainAt(timeMs);
    const last = slots.length - 1;
    for (let bucket = 0; bucket < last; bucket++) addCount(gain, bucket, slots[bucket]! - (before?.[bucket] ?? 0));
    gain.sum += slots[last]! - (before?.[last] ?? 0);
  }

  /** All that was gained in the window before a time. */
  total(nowMs: number): Total {
    const counts = new Map<number, number>();
    let count = 0;
    let sum = 0;
    for (const gain of this.gains) {
      if (gain.timeMs <= nowMs - this.overMs) continue;
      count += gain.count;
      sum += gain.sum;
      for (const [bucket, more] of gain.counts) counts.set(bucket, (counts.get(bucket) ?? 0) + more);
    }
    return { counts, count, sum };
  }

  /** How often it was read in the window before a time. */
  samplesIn(nowMs: number): number {
    let samples = 0;
    for (let at = this.gains.length - 1; at >= 0 && this.gains[at]!.timeMs > nowMs - this.overMs; at--) samples++;
    return samples;
  }

  form(): HistogramWindowForm {
    const gains = this.gains.map(({ timeMs, count, sum, counts }) => [timeMs, count, sum, [...counts]] as const);
    return { scale: this.scale, firstMs: this.firstMs, gains };
  }

  restore({ scale, firstMs, gains }: HistogramWindowForm): void {
    this.scale = scale;
    this.firstMs = firstMs;
    this.gains = gains.map(([timeMs, count, sum, counts]) => ({ timeMs, count, sum, counts: new Map(counts) }));
  }

  private coarsen(scale: number): void {
    if (scale >= this.scale) return;
    const shift = this.scale - scale;
    this.scale = scale;
    for (const { counts } of this.gains) {
      const fine = [...counts];
      counts.clear();
      for (const [bucket, count] of fine) {
        const coarse = bucket === zeroBucket ? bucket : bucket >> shift;
        counts.set(coarse, (counts.get(coarse) ?? 0) + count);
      }
    }
  }

  private mergeNeighbours(): void {
    const merged: Gain[] = [];
    for (let at = 0; at + 1 < this.gains.length; at += 2) {
      const [early, late] = [this.gains[at]!, this.gains[at + 1]!];
      for (const [bucket, count] of early.counts) late.counts.set(bucket, (late.counts.get(bucket) ?? 0) + count);
      late.count += early.count;
      late.sum += early.sum;
      merged.push(late);
    }
    this.gains = merged;
  }
}

function addCount(gain: Gain, bucket: number, count: number): void {
  if (count === 0) return;
  gain.counts.set(bucket, (gain.counts.get(bucket) ?? 0) + count);
  gain.count += count;
}
