import type { ExponentialValue } from '@omninode/contracts';
import type { PartitionState } from '@omninode/aggregation';
import type { SignalSide, Window } from '../rules/rule.js';
import { isHistogram } from '../rules/window-fit.js';
import { HistogramWindow, type HistogramWindowForm } from './histogram-window.js';
import { SampleRing, type RingForm } from './sample-ring.js';

export type SeriesStore = PartitionState['store'];

/** A series that a signal reads. */
export interface Input {
  /** Its number in the store; another one after old series were forgotten. */
  series: number;
  /** What it had when it was last read; `undefined`: not read yet. */
  before: number | ExponentialValue | Float64Array | undefined;
  /** When its newest point was taken, as of the last reading. */
  timeMs: number;
}

export interface SideForm {
  readonly total: number;
  readonly ring?: RingForm;
  readonly window?: HistogramWindowForm;
}

/** A gauge that nobody has sent for this long counts no more in the sum of its like: as Prometheus holds it. */
export const staleMs = 300_000;

/**
 * One side of an alert's signal: the series that are summed, and what they were in the window. Gauges are kept as they are;
 * counters as one total that only grows, so that resets and new series are settled once, when they are read.
 */
export class Side {
  readonly inputs: Input[] = [];
  readonly ring: SampleRing | undefined;
  histogram: HistogramWindow | undefined;
  /** Bounds of explicit histograms, as of the newest series. */
  bounds: readonly number[] = [];
  /** All that the counters gained since the alert exists. */
  total = 0;
  /** Set from when news of it are read until they are in the window. */
  isDue = false;
  /** When the newest point of its series was taken. */
  newestMs = 0;

  /** Whether more than the newest sample counts. */
  readonly keepsSamples: boolean;

  constructor(
    readonly signal: SignalSide,
    private readonly window: Window,
    minSamples: number,
  ) {
    this.keepsSamples = window.fn !== 'last' || minSamples > 1;
    if (isHistogram(signal)) this.histogram = new HistogramWindow(window.overMs);
    else this.ring = new SampleRing(this.keepsSamples ? window.overMs : 0);
  }

  get lastMs(): number {
    return (this.histogram ?? this.ring)!.lastMs;
  }

  /** Reads a series that has a newer point. */
  read(input: Input, store: SeriesStore, timeMs: number): void {
    const beforeMs = input.timeMs;
    input.timeMs = timeMs;
    this.isDue = true;
    if (timeMs > this.newestMs) this.newestMs = timeMs;
    if (this.signal.kind === 'gauge') return;
    const { series } = input;
    const startMs = store.starts[series]!;
    const slot = store.slots[series]!;
    if (this.signal.kind === 'counter') {
      const value = store.values[slot]!;
      const before = input.before as number | undefined;
      if (before === undefined) this.readFirst(value, timeMs, startMs);
      else this.total += value < before || startMs > beforeMs ? value : value - before;
      input.before = value;
    } else if (this.signal.kind === 'exponential')
      this.readExponential(input, store.exponentials.get(series), timeMs, startMs > beforeMs, startMs);
    else
      this.readExplicit(
        input,
        store.values.slice(slot, slot + store.widths[series]!),
        timeMs,
        startMs > beforeMs,
        startMs,
      );
  }

  /** Takes what was read into the window. */
  take(store: SeriesStore): void {
    if (!this.isDue) return;
    this.isDue = false;
    this.ring?.push(this.newestMs, this.signal.kind === 'counter' ? this.total : this.sum(this.newestMs, store));
  }

  /** A series of explicit buckets with other bounds than before: what is in the window was counted in other buckets. */
  takeBounds(bounds: readonly number[]): void {
    const isSame = bounds.length === this.bounds.length && bounds.every((bound, at) => bound === this.bounds[at]);
    if (isSame) return;
    if (this.bounds.length > 0) this.histogram = new HistogramWindow(this.window.overMs);
    this.bounds = bounds;
  }

  form(): SideForm {
    return {
      total: this.total,
      ...(this.ring && { ring: this.ring.form() }),
      ...(this.histogram && { window: this.histogram.form() }),
    };
  }

  restore({ total, ring, window }: SideForm): void {
    this.total = total;
    if (ring) this.ring?.restore(ring);
    if (window) this.histogram?.restore(window);
    this.newestMs = this.lastMs;
  }

  /** What a series has now is what was read of it: after a restore, when the windows know it already. */
  know(input: Input, store: SeriesStore): void {
    const { series } = input;
    const slot = store.slots[series]!;
    input.timeMs = store.times[series]!;
    if (input.timeMs === 0) return;
    if (this.signal.kind === 'counter') input.before = store.values[slot]!;
    if (this.signal.kind === 'exponential') input.before = store.exponentials.get(series);
    if (this.signal.kind === 'histogram') input.before = store.values.slice(slot, slot + store.widths[series]!);
  }

  /** A counter that began within the window counts from 0: its first sample may be 1 already, and would never be seen to grow. */
  private readFirst(value: number, timeMs: number, startMs: number): void {
    const ring = this.ring!;
    if (!this.beganInWindow(timeMs, startMs)) return;
    if (ring.lastMs === 0) ring.push(startMs, this.total);
    this.total += value;
  }

  private beganInWindow(timeMs: number, startMs: number): boolean {
    return startMs > 0 && startMs <= timeMs && startMs > timeMs - this.window.overMs;
  }

  private readExponential(
    input: Input,
    value: ExponentialValue | undefined,
    timeMs: number,
    isRestarted: boolean,
    startMs: number,
  ): void {
    if (!value) return;
    const before = input.before as ExponentialValue | undefined;
    input.before = value;
    if (before === undefined && !this.beganInWindow(timeMs, startMs)) this.histogram!.gainAt(timeMs);
    else this.histogram!.addExponential(timeMs, value, isRestarted || fell(value, before) ? undefined : before);
  }

  private readExplicit(input: Input, slots: Float64Array, timeMs: number, isRestarted: boolean, startMs: number): void {
    const before = input.before as Float64Array | undefined;
    input.before = slots;
    if (before === undefined && !this.beganInWindow(timeMs, startMs)) this.histogram!.gainAt(timeMs);
    else {
      const isReset = isRestarted || before?.some((count, at) => at < slots.length - 1 && slots[at]! < count);
      this.histogram!.addExplicit(timeMs, slots, isReset ? undefined : before);
    }
  }

  private sum(timeMs: number, { values, slots }: SeriesStore): number {
    const { inputs } = this;
    if (inputs.length === 1) return values[slots[inputs[0]!.series]!]!;
    let sum = 0;
    for (const { series, timeMs: inputMs } of inputs) {
      if (inputMs > timeMs - staleMs) sum += values[slots[series]!]!;
    }
    return sum;
  }
}

function fell(value: ExponentialValue, before: ExponentialValue | undefined): boolean {
  return before !== undefined && observations(value) < observations(before);
}

function observations({ zeroCount, counts }: ExponentialValue): number {
  let sum = zeroCount;
  for (const count of counts) sum += count;
  return sum;
}
