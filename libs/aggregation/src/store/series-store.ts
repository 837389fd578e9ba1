import { slotsOf, type ExponentialValue, type MetricDefinition, type MetricKind } from '@omninode/contracts';
import { identityOf } from './identity.js';

/** What a series is; never changes. */
export interface Series {
  readonly entity: string;
  readonly metric: MetricDefinition;
  /** In the order of `metric.labelNames`. */
  readonly labelValues: readonly string[];
}

/** The series of one metric name and kind, in the order of their definition. */
export interface SeriesOfKind {
  /** As it was defined first. */
  readonly metric: MetricDefinition;
  readonly numbers: readonly number[];
}

export interface StoreLimits {
  /** Series of the whole partition. */
  readonly series: number;
  /** Series of one entity, so that one that explodes leaves room for the others. */
  readonly seriesPerEntity: number;
}

/** Values that the series of a partition may take on average: histograms take one for each bucket. */
const slotsPerSeries = 8;

/** Kinds as the store keeps them. */
export const kindCodes: Readonly<Record<MetricKind, number>> = { gauge: 0, counter: 1, histogram: 2, exponential: 3 };
export const counterCode = kindCodes.counter;

/**
 * The series of one partition as a struct of arrays: a series is a number, and writing a point is an assignment into a
 * typed array. Everything that needs names happens once, when a dictionary slice is read.
 */
export class SeriesStore {
  readonly series: Series[] = [];
  /** Kind of each series, as in `kindCodes`. */
  kinds = new Uint8Array(256);
  /** First slot of each series in `values`, and how many it has. */
  slots = new Uint32Array(256);
  widths = new Uint16Array(256);
  /** When the newest point was taken; 0: none yet. ms since 1970 UTC, as the next two. */
  times = new Float64Array(256);
  /** When the newest point arrived: what expiry goes by, so that a producer's clock can't keep a series alive. */
  seen = new Float64Array(256);
  /** When the source of a counter or histogram began to count; 0: not known. */
  starts = new Float64Array(256);
  values = new Float64Array(256);
  readonly exponentials = new Map<number, ExponentialValue>();
  usedSlots = 0;

  private readonly numbers = new Map<string, number>();
  private readonly perEntity = new Map<string, number>();
  private readonly byName = new Map<string, { metric: MetricDefinition; numbers: number[] }[]>();
  /** Equal definitions are one object: each slice that is read brings its own. */
  private readonly metrics = new Map<string, MetricDefinition>();
  /** Identities of the series that may stand in another partition too. */
  private readonly foreign: (string | undefined)[] = [];
  private readonly linePrefixes: (Uint8Array | undefined)[] = [];

  constructor(readonly limits: StoreLimits) {}

  get size(): number {
    return this.series.length;
  }

  /**
   * The number of a series; −1 when the limits leave no room for it, or when it is another entity's and of another kind or
   * shape. An entity that defines its series anew (other buckets after an upgrade) gets a new one in the old one's place.
   */
  define(entity: string, metric: MetricDefinition, labelValues: readonly string[]): number {
    const identity = identityOf(metric.name, metric.labelNames, labelValues);
    const known = this.numbers.get(identity);
    if (known !== undefined && this.isLike(known, metric)) return known;
    if (known !== undefined && this.series[known]!.entity !== entity) return -1;

    const ofEntity = this.perEntity.get(entity) ?? 0;
    if (this.size >= this.limits.series || ofEntity >= this.limits.seriesPerEntity) return -1;
    if (this.usedSlots + slotsOf(metric.kind, metric.bounds) > this.limits.series * slotsPerSeries) return -1;
    if (known !== undefined) this.hide(known);
    const number = this.append({ entity, metric: this.shared(metric), labelValues });
    this.numbers.set(identity, number);
    this.perEntity.set(entity, ofEntity + 1);
    if (!isOwn(this.series[number]!)) this.foreign[number] = identity;
    return number;
  }

  /** The series to show of each metric name. */
  families(): ReadonlyMap<string, readonly SeriesOfKind[]> {
    return this.byName;
  }

  /** The number of the series with this identity; −1 when there is none. */
  find(identity: string): number {
    return this.numbers.get(identity) ?? -1;
  }

  /** The identity of a series that another partition may hold too; `undefined` where its labels name its entity. */
  foreignIdentity(number: number): string | undefined {
    return this.foreign[number];
  }

  /** A store with some of the series only, and their new numbers by the old ones: −1 for those that were left out. */
  copyOf(isKept: (number: number) => boolean): { readonly store: SeriesStore; readonly numbers: Int32Array } {
    const store = new SeriesStore(this.limits);
    const numbers = new Int32Array(this.size).fill(-1);
    for (const [old, { entity, metric, labelValues }] of this.series.entries()) {
      if (!isKept(old)) continue;
      const number = store.define(entity, metric, labelValues);
      numbers[old] = number;
      store.times[number] = this.times[old]!;
      store.seen[number] = this.seen[old]!;
      store.starts[number] = this.starts[old]!;
      store.linePrefixes[number] = this.linePrefixes[old];
      const slot = this.slots[old]!;
      store.values.set(this.values.subarray(slot, slot + this.widths[old]!), store.slots[number]);
      const exponential = this.exponentials.get(old);
      if (exponential) store.exponentials.set(number, exponential);
    }
    return { store, numbers };
  }

  /** The part of a series' line that never changes, made once: writing a page must not build names anew. */
  linePrefix(number: number, make: (series: Series) => Uint8Array): Uint8Array {
    return (this.linePrefixes[number] ??= make(this.series[number]!));
  }

  private isLike(number: number, { kind, bounds }: MetricDefinition): boolean {
    const { metric } = this.series[number]!;
    return (
      metric.kind === kind &&
      metric.bounds.length === bounds.length &&
      metric.bounds.every((bound, at) => bound === bounds[at])
    );
  }

  private hide(number: number): void {
    const { metric } = this.series[number]!;
    const family = this.byName.get(metric.name)!.find(({ metric: { kind } }) => kind === metric.kind)!;
    family.numbers = family.numbers.filter((other) => other !== number);
  }

  private shared(metric: MetricDefinition): MetricDefinition {
    const { name, kind, unit, help, labelNames, bounds } = metric;
    const key = JSON.stringify([name, kind, unit, help, labelNames, bounds]);
    const known = this.metrics.get(key);
    if (!known) this.metrics.set(key, metric);
    return known ?? metric;
  }

  private append(series: Series): number {
    const number = this.size;
    const { metric } = series;
    const width = slotsOf(metric.kind, metric.bounds);
    if (number >= this.kinds.length) this.growSeries();
    while (this.usedSlots + width > this.values.length) this.values = doubled(this.values);
    this.series.push(series);
    const ofName = this.byName.get(metric.name) ?? [];
    this.byName.set(metric.name, ofName);
    const ofKind = ofName.find((family) => family.metric.kind === metric.kind);
    if (ofKind) ofKind.numbers.push(number);
    else ofName.push({ metric, numbers: [number] });
    this.kinds[number] = kindCodes[metric.kind];
    this.slots[number] = this.usedSlots;
    this.widths[number] = width;
    this.usedSlots += width;
    return number;
  }

  private growSeries(): void {
    this.kinds = doubled(this.kinds);
    this.slots = doubled(this.slots);
    this.widths = doubled(this.widths);
    this.times = doubled(this.times);
    this.seen = doubled(this.seen);
    this.starts = doubled(this.starts);
  }
}

/**
 * Whether its label names the entity: the target's, or without one the service's. The entity decides the partition, so no
 * other partition has such a series.
 */
function isOwn({ entity, metric: { labelNames }, labelValues }: Series): boolean {
  const label = ['target', 'service_name'].find((name) => labelValues[labelNames.indexOf(name)]);
  return label !== undefined && labelValues[labelNames.indexOf(label)] === entity;
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function doubled<A extends Numbers>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array as never);
  return larger;
}
