import type { ValueRange } from './quiet.js';

/** Samples of one signal, the oldest first, as a snapshot holds them: times as differences, which compress well. */
export interface RingForm {
  readonly fromMs: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

const fewest = 8;
/** More samples than these don't make a window more exact: then every second one of the older half goes. */
const most = 512;

/**
 * The samples of a window by time, in typed arrays that only grow up to a bound. Keeps the newest sample that is not in the window
 * any more too: what a counter had when the window began.
 */
export class SampleRing {
  times = new Float64Array(fewest);
  values = new Float64Array(fewest);
  from = 0;
  to = 0;

  constructor(private readonly overMs: number) {}

  get lastMs(): number {
    return this.to > this.from ? this.times[this.to - 1]! : 0;
  }

  /** Times only grow: a sample of the same time, or of an earlier one, replaces the newest. */
  push(timeMs: number, value: number): void {
    if (this.to > this.from && timeMs <= this.times[this.to - 1]!) {
      this.values[this.to - 1] = value;
      return;
    }
    const startMs = timeMs - this.overMs;
    // A window of no length: only the newest counts.
    if (this.overMs === 0) this.from = this.to = 0;
    while (this.from + 1 < this.to && this.times[this.from + 1]! <= startMs) this.from++;
    if (this.to === this.times.length) this.makeRoom();
    this.times[this.to] = timeMs;
    this.values[this.to++] = value;
  }

  /** The first sample that is later than a time. */
  firstAfter(timeMs: number): number {
    let at = this.from;
    while (at < this.to && this.times[at]! <= timeMs) at++;
    return at;
  }

  /** Whether all samples later than a time lie in a range. */
  isWithin({ low, high }: ValueRange, afterMs: number): boolean {
    for (let at = this.to - 1; at >= this.from && this.times[at]! > afterMs; at--) {
      if (!(this.values[at]! > low && this.values[at]! < high)) return false;
    }
    return true;
  }

  /** What a total gained after a time, from what it was then, or from when it was first seen. */
  gainedAfter(timeMs: number): number {
    return this.values[this.to - 1]! - this.values[Math.max(this.from, this.firstAfter(timeMs) - 1)]!;
  }

  /** Whether as many samples can come before any is thinned out. */
  hasRoomFor(samples: number): boolean {
    return this.to - this.from + samples < most;
  }

  form(): RingForm {
    const steps: number[] = [];
    for (let at = this.from + 1; at < this.to; at++) steps.push(this.times[at]! - this.times[at - 1]!);
    return { fromMs: this.times[this.from]!, steps, values: [...this.values.subarray(this.from, this.to)] };
  }

  restore({ fromMs, steps, values }: RingForm): void {
    let timeMs = fromMs;
    for (const [at, value] of values.entries()) {
      if (at > 0) timeMs += steps[at - 1]!;
      this.push(timeMs, value);
    }
  }

  private makeRoom(): void {
    const count = this.to - this.from;
    if (count > this.times.length / 2 && this.times.length < most) {
      this.times = doubled(this.times);
      this.values = doubled(this.values);
    }
    this.times.copyWithin(0, this.from, this.to);
    this.values.copyWithin(0, this.from, this.to);
    this.from = 0;
    this.to = count;
    if (count === most) this.thin();
  }

  /** The first sample stays: it is what a counter had when the window began. */
  private thin(): void {
    let to = 1;
    for (let at = 2; at < this.to; at++) {
      if (at < most / 2 && at % 2 === 1) continue;
      this.times[to] = this.times[at]!;
      this.values[to++] = this.values[at]!;
    }
    this.to = to;
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
