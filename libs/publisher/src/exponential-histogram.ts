import type { ExponentialValue } from '@omninode/contracts';

/**
 * A distribution that grows by one value at a time, as OpenTelemetry's base-2 exponential histogram: bucket i holds the values in
 * (base^i, base^(i+1)] with base = 2^(2^-scale). It begins at the finest scale and halves its resolution whenever the values no
 * longer fit its buckets, so that it is as exact as its range allows. `record` makes no objects.
 * Source: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 */
export class ExponentialHistogram {
  /** Counts of the buckets `low`, `low + 1`, …; those above `high` are 0. */
  private readonly counts: Float64Array;
  private scale = finestScale;
  private low = 0;
  private high = -1;
  private zeroCount = 0;
  private total = 0;
  private added = 0;

  /** `maxBuckets`: from 2 on; 160 are 4 % of error over a range of 1 : 1 000 000. */
  constructor(private readonly maxBuckets = 160) {
    this.counts = new Float64Array(maxBuckets);
  }

  /** How many values it has taken. */
  get count(): number {
    return this.total;
  }

  get sum(): number {
    return this.added;
  }

  /** Takes a value from 0 on. False, and nothing happens, for one that is negative or not finite. */
  record(value: number): boolean {
    if (!(value >= 0 && value <= Number.MAX_VALUE)) return false;
    this.total += 1;
    this.added += value;
    if (value === 0) this.zeroCount += 1;
    else this.countAt(finestIndexOf(value));
    return true;
  }

  /** What it has come to: a copy that later values leave as it is. */
  value(): ExponentialValue {
    const counts = Array.from(this.counts.subarray(0, this.high - this.low + 1));
    return { scale: this.scale, zeroCount: this.zeroCount, sum: this.added, offset: this.low, counts };
  }

  /** An index at a coarser scale is the index at the finest one, shifted: so what was merged and what comes agree. */
  private countAt(finestIndex: number): void {
    let index = finestIndex >> (finestScale - this.scale);
    if (this.high < this.low) this.low = this.high = index;
    if (index < this.low || index > this.high) index = this.reach(index, finestIndex);
    this.counts[index - this.low]! += 1;
  }

  /** Extends the range to the index, and gives the index at the scale that it then has. */
  private reach(index: number, finestIndex: number): number {
    while (Math.max(index, this.high) - Math.min(index, this.low) >= this.maxBuckets) {
      this.halveResolution();
      index = finestIndex >> (finestScale - this.scale);
    }
    if (index < this.low) {
      const added = this.low - index;
      this.counts.copyWithin(added, 0, this.high - this.low + 1).fill(0, 0, added);
      this.low = index;
    }
    if (index > this.high) this.high = index;
    return index;
  }

  /** In place, from below: a bucket never moves to one that was not yet read. */
  private halveResolution(): void {
    const { counts, low, high } = this;
    const newLow = low >> 1;
    for (let index = low; index <= high; index++) {
      const count = counts[index - low]!;
      counts[index - low] = 0;
      counts[(index >> 1) - newLow]! += count;
    }
    this.low = newLow;
    this.high = high >> 1;
    this.scale -= 1;
  }
}

/** The finest that readers take. Its indexes of all finite numbers fit 32 bits. */
const finestScale = 20;
const bucketsPerOctave = 2 ** finestScale;
const smallestNormal = 2 ** -1022;

// One number seen as its bits. Used within one call only, so it holds no state.
const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
/** Which of the two words has sign and exponent: the second, except on big-endian machines. */
const upper = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * The index of a positive number at the finest scale. The exponent comes from the bits and only the fraction goes through a
 * logarithm, so that powers of two, which are the upper bounds of their buckets, are exact.
 */
function finestIndexOf(value: number): number {
  bits[0] = value < smallestNormal ? smallestNormal : value;
  const exponent = ((words[upper]! >>> 20) & 0x7ff) - 1023;
  words[upper] = (words[upper]! & 0xfffff) | 0x3ff00000;
  const fraction = bits[0]!;
  if (fraction === 1) return exponent * bucketsPerOctave - 1;
  const within = Math.floor(Math.log2(fraction) * bucketsPerOctave);
  return exponent * bucketsPerOctave + Math.min(within, bucketsPerOctave - 1);
}
