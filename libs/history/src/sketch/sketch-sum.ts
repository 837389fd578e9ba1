import type { ExponentialValue } from '@omninode/contracts';

/** A distribution as it is on the wire: an exponential histogram. Two of any scales can be added. */
export type Sketch = ExponentialValue;

/** The finest scale of what is kept: neighbouring bounds differ by 4.4 %, so a quantile is off by 2.2 % at most. */
export const finestKeptScale = 4;
/** Buckets of a sum: at scale 4 ten powers of two, at scale 3 twenty; wider ranges are kept at coarser scales. */
const mostBuckets = 160;

export const emptySketch: Sketch = { scale: finestKeptScale, zeroCount: 0, sum: 0, offset: 0, counts: [] };

/**
 * Adds distributions up. Which scale the sum has follows from the finest allowed, the parts' own and the range of all of them
 * together, so the order and the grouping of additions make no difference to the buckets.
 */
export class SketchSum {
  private counts = new Float64Array(64);
  private low = 0;
  private high = -1;
  private scale: number;
  private zeroCount = 0;
  private sum = 0;

  constructor(finestScale = finestKeptScale) {
    this.scale = finestScale;
  }

  add(sketch: Sketch): this {
    return this.addTimes(sketch, 1);
  }

  /** `times`: a weight, or −1 to take one off that was added. */
  addTimes({ scale, zeroCount, sum, offset, counts }: Sketch, times: number): this {
    this.zeroCount += zeroCount * times;
    this.sum += sum * times;
    let first = 0;
    while (first < counts.length && counts[first] === 0) first++;
    let last = counts.length - 1;
    while (last > first && counts[last] === 0) last--;
    if (first > last) return this;
    const shift = scale - this.fit(scale, offset + first, offset + last);
    for (let at = first; at <= last; at++) this.counts[((offset + at) >> shift) - this.low]! += counts[at]! * times;
    return this;
  }

  /** Whether more was taken off than was there: what was subtracted does not belong to what was added. */
  get isBelowZero(): boolean {
    if (this.zeroCount < 0) return true;
    for (let at = 0; at <= this.high - this.low; at++) if (this.counts[at]! < 0) return true;
    return false;
  }

  value(): Sketch {
    let first = 0;
    let last = this.high - this.low;
    while (first <= last && this.counts[first] === 0) first++;
    while (last > first && this.counts[last] === 0) last--;
    const counts: number[] = [];
    for (let at = first; at <= last; at++) counts.push(this.counts[at]!);
    const offset = counts.length === 0 ? 0 : this.low + first;
    return { scale: this.scale, zeroCount: this.zeroCount, sum: this.sum, offset, counts };
  }

  /** Makes room for the buckets `from` to `to` of a scale, and gives the scale that the sum then has. */
  private fit(scale: number, from: number, to: number): number {
    if (scale === this.scale && from >= this.low && to <= this.high) return scale;
    let target = Math.min(this.scale, scale);
    const isEmpty = this.high < this.low;
    const lowAt = (at: number) => Math.min(from >> (scale - at), isEmpty ? Infinity : this.low >> (this.scale - at));
    const highAt = (at: number) => Math.max(to >> (scale - at), isEmpty ? -Infinity : this.high >> (this.scale - at));
    while (highAt(target) - lowAt(target) >= mostBuckets) target--;
    const low = lowAt(target);
    const high = highAt(target);
    if (target !== this.scale || low < this.low || high > this.high || isEmpty) this.reshape(target, low, high);
    return target;
  }

  private reshape(scale: number, low: number, high: number): void {
    const shift = this.scale - scale;
    const room = high - low + 1;
    const counts = new Float64Array(Math.max(room, 64));
    for (let index = this.low; index <= this.high; index++) {
      counts[(index >> shift) - low]! += this.counts[index - this.low]!;
    }
    this.counts = counts;
    this.low = low;
    this.high = high;
    this.scale = scale;
  }
}

/** As a `SketchSum` of them all, without making room more than once: the range of all is known before anything is added. */
export function mergeSketches(sketches: readonly Sketch[]): Sketch {
  const { scale, low, high } = rangeOf(sketches);
  const counts: number[] = [];
  for (let index = low; index <= high; index++) counts.push(0);
  let zeroCount = 0;
  let sum = 0;
  for (const sketch of sketches) {
    zeroCount += sketch.zeroCount;
    sum += sketch.sum;
    const shift = sketch.scale - scale;
    for (let at = 0; at < sketch.counts.length; at++) {
      const inBucket = sketch.counts[at]!;
      if (inBucket !== 0) counts[((sketch.offset + at) >> shift) - low]! += inBucket;
    }
  }
  return { scale, zeroCount, sum, offset: counts.length === 0 ? 0 : low, counts };
}

/** The finest scale at which all have room together, and the first and last bucket that hold something; high < low: none does. */
function rangeOf(sketches: readonly Sketch[]) {
  let scale = finestKeptScale;
  let low = 0;
  let high = -1;
  for (const { scale: own, offset, counts } of sketches) {
    let first = 0;
    while (first < counts.length && counts[first] === 0) first++;
    let last = counts.length - 1;
    while (last > first && counts[last] === 0) last--;
    if (first > last) continue;
    const target = Math.min(scale, own);
    const from = (offset + first) >> (own - target);
    const to = (offset + last) >> (own - target);
    const isEmpty = high < low;
    low = isEmpty ? from : Math.min(from, low >> (scale - target));
    high = isEmpty ? to : Math.max(to, high >> (scale - target));
    for (scale = target; high - low >= mostBuckets; scale--) {
      low >>= 1;
      high >>= 1;
    }
  }
  return { scale, low, high };
}

export function countOf({ zeroCount, counts }: Sketch): number {
  let count = zeroCount;
  for (let at = 0; at < counts.length; at++) count += counts[at]!;
  return count;
}
