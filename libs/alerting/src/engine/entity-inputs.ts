import type { AlertInstance } from './alert-instance.js';
import { PassedSamples, passingRoom } from './passed-samples.js';
import { quietRange } from './quiet.js';
import { staleMs, type SeriesStore, type Side } from './side.js';
import { windowValue } from './window-value.js';

/**
 * The series of one entity that any rule reads, side by side in the order in which their alerts are judged. To see which have news,
 * a record costs one comparison for each of them.
 *
 * Most alerts are quiet most of the time, and what their series say then lies within bounds where no level can hold (`quiet.ts`).
 * Such a sample passes: it is kept for the window, and the alert itself is not touched until somebody asks for it (`settle`).
 */
export class EntityInputs {
  /** In the order in which they are judged: those that explain others first. */
  readonly instances: readonly AlertInstance[];
  /** Alerts that have news to be judged, after `readNews`. */
  readonly due: AlertInstance[] = [];
  /** When the newest point of the last record was taken. */
  latestMs = 0;
  private readonly sides: Side[] = [];
  private readonly owners: AlertInstance[] = [];
  /** Where the series of each side begin, and of one more. */
  private readonly from: Int32Array;
  private readonly series: Int32Array;
  /** When the newest point of each series was taken, as of the last reading. */
  private readonly timesMs: Float64Array;
  /** What counters had when they were read last; not a number where that is not known. */
  private readonly before: Float64Array;
  private readonly isCounter: Uint8Array;
  private readonly keepsSamples: Uint8Array;
  /** Between these, both excluded, the value of a side passes; nothing does where the first is not below the second. */
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  /** What passed last, when it was taken, and when it came; 0: nothing that the alert does not know. */
  private readonly passed: Float64Array;
  private readonly passedMs: Float64Array;
  private readonly seenMs: Float64Array;
  private readonly samples: PassedSamples;

  constructor(instances: readonly AlertInstance[]) {
    this.instances = instances;
    for (const instance of instances) {
      instance.inputs = this;
      instance.place = this.sides.length;
      for (const side of instance.per ? [instance.main, instance.per] : [instance.main]) {
        this.sides.push(side);
        this.owners.push(instance);
      }
    }
    const count = this.sides.length;
    this.from = new Int32Array(count + 1);
    for (const [at, { inputs }] of this.sides.entries()) this.from[at + 1] = this.from[at]! + inputs.length;
    const all = this.sides.flatMap(({ inputs }) => inputs);
    this.series = Int32Array.from(all, ({ series }) => series);
    this.timesMs = Float64Array.from(all, ({ timeMs }) => timeMs);
    this.before = new Float64Array(all.length);
    this.isCounter = Uint8Array.from(this.sides, ({ signal }) => Number(signal.kind === 'counter'));
    this.keepsSamples = Uint8Array.from(this.sides, ({ keepsSamples }) => Number(keepsSamples));
    this.low = new Float64Array(count);
    this.high = new Float64Array(count);
    this.passed = new Float64Array(count);
    this.passedMs = new Float64Array(count);
    this.seenMs = new Float64Array(count);
    this.samples = new PassedSamples(count);
  }

  /** Reads the series that have a newer point than when they were read last. False: nothing is new. */
  readNews(store: SeriesStore, nowMs: number): boolean {
    const { series, timesMs, from, low, high } = this;
    const { times } = store;
    const count = this.sides.length;
    this.due.length = 0;
    this.latestMs = 0;
    for (let at = 0; at < count; at++) {
      const end = from[at + 1]!;
      let first = from[at]!;
      while (first < end && timesMs[first] === times[series[first]!]) first++;
      if (first === end) continue;
      if (!(low[at]! < high[at]!) || !this.passes(at, store, nowMs)) this.read(at, store);
    }
    return this.latestMs > 0;
  }

  /** Lets what comes next pass where an alert that was just judged is quiet. */
  calm(instance: AlertInstance): void {
    const range = quietRange(instance);
    if (!range) return;
    const { place, main } = instance;
    this.low[place] = range.low;
    this.high[place] = range.high;
    this.passedMs[place] = main.newestMs;
    this.passed[place] = main.total;
    if (!this.isCounter[place]) return;
    const start = this.from[place]!;
    for (let nth = 0; nth < main.inputs.length; nth++)
      this.before[start + nth] = (main.inputs[nth]!.before as number) ?? NaN;
  }

  /** Tells an alert when its newest sample came, which is all that the clock asks for. */
  settleTimes({ place, state }: AlertInstance): void {
    if (this.seenMs[place] === 0) return;
    state.verdictMs = this.passedMs[place]!;
    state.seenMs = this.seenMs[place]!;
  }

  /** Tells an alert all that has passed. */
  settle(instance: AlertInstance): void {
    const { place, rule, main, state } = instance;
    if (this.seenMs[place] === 0) return;
    this.settleTimes(instance);
    this.seenMs[place] = 0;
    const start = this.from[place]!;
    for (const [nth, input] of main.inputs.entries()) {
      input.timeMs = this.timesMs[start + nth]!;
      if (this.isCounter[place]) input.before = this.before[start + nth]!;
    }
    if (this.isCounter[place]) main.total = this.passed[place]!;
    main.newestMs = state.verdictMs;
    if (main.keepsSamples) this.samples.takeInto(main.ring!, place);
    else main.ring!.push(state.verdictMs, this.passed[place]!);
    state.value = windowValue(rule, main, undefined, state.verdictMs);
  }

  /** The same, and its next sample is judged again. */
  wake(instance: AlertInstance): void {
    this.settle(instance);
    this.low[instance.place] = this.high[instance.place] = 0;
  }

  /** Whether the news of a side change nothing. */
  private passes(at: number, store: SeriesStore, nowMs: number): boolean {
    const { series, timesMs } = this;
    const { times, values, slots } = store;
    const start = this.from[at]!;
    const end = this.from[at + 1]!;
    const isCounter = this.isCounter[at] === 1;
    let newestMs = this.passedMs[at]!;
    for (let nth = start; nth < end; nth++) {
      const timeMs = times[series[nth]!]!;
      if (timeMs > newestMs) newestMs = timeMs;
    }
    const value = isCounter ? this.totalOf(at, store) : this.sumOf(at, newestMs, store);
    // Not a number is neither.
    if (!(value > this.low[at]! && value < this.high[at]!)) return false;
    for (let nth = start; nth < end; nth++) {
      timesMs[nth] = times[series[nth]!]!;
      if (isCounter) this.before[nth] = values[slots[series[nth]!]!]!;
    }
    this.passed[at] = value;
    this.passedMs[at] = newestMs;
    this.seenMs[at] = nowMs;
    if (newestMs > this.latestMs) this.latestMs = newestMs;
    if (this.keepsSamples[at] && this.samples.add(at, newestMs, value)) this.takeSamples(at);
    return true;
  }

  /** As `Side.sum` has it. */
  private sumOf(at: number, newestMs: number, { times, values, slots }: SeriesStore): number {
    const { series } = this;
    const start = this.from[at]!;
    const end = this.from[at + 1]!;
    if (end - start === 1) return values[slots[series[start]!]!]!;
    let sum = 0;
    for (let nth = start; nth < end; nth++) {
      const number = series[nth]!;
      if (times[number]! > newestMs - staleMs) sum += values[slots[number]!]!;
    }
    return sum;
  }

  /** As `Side.read` adds it up; not a number where a counter was reset. */
  private totalOf(at: number, { times, values, slots, starts }: SeriesStore): number {
    const { series, timesMs, before } = this;
    const end = this.from[at + 1]!;
    let total = this.passed[at]!;
    for (let nth = this.from[at]!; nth < end; nth++) {
      const number = series[nth]!;
      if (timesMs[nth] === times[number]) continue;
      const value = values[slots[number]!]!;
      if (!(value >= before[nth]!) || starts[number]! > timesMs[nth]!) return NaN;
      total += value - before[nth]!;
    }
    return total;
  }

  private takeSamples(at: number): void {
    const ring = this.sides[at]!.ring!;
    this.samples.takeInto(ring, at);
    if (!ring.hasRoomFor(passingRoom)) this.wake(this.owners[at]!);
  }

  private read(at: number, store: SeriesStore): void {
    const side = this.sides[at]!;
    const owner = this.owners[at]!;
    this.wake(owner);
    const start = this.from[at]!;
    const { inputs } = side;
    for (let nth = 0; nth < inputs.length; nth++) {
      const timeMs = store.times[this.series[start + nth]!]!;
      if (timeMs === this.timesMs[start + nth]!) continue;
      this.timesMs[start + nth] = timeMs;
      side.read(inputs[nth]!, store, timeMs);
    }
    if (side.newestMs > this.latestMs) this.latestMs = side.newestMs;
    // The two sides of an alert stand beside each other.
    if (this.due.at(-1) !== owner) this.due.push(owner);
  }
}
