import { slotsOf, type ExponentialValue, type MetricDefinition, type MetricKind } from '@omninode/contracts';
import { identityOf } from './identity.js';

/** What a series is; never changes. */
export interface Series {
  readonly entity: string;
  readonly metric: MetricDefinition;
  /** In the order of `metric.labelNames`. */
  readonly labelValues: readonly string[];
}

export interface StoreLimits {
  /** Series of the whole partition. */
  readonly series: number;
  /** Series of one entity, so that one that explodes leaves room for the others. */
  readonly seriesPerEntity: number;
}

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
  private readonly byName = new Map<string, number[]>();
  private readonly linePrefixes: (Uint8Array | undefined)[] = [];

  constructor(readonly limits: StoreLimits) {}

  get size(): number {
    return this.series.length;
  }

  /** The number of a series; −1 when the limits leave no room for it, or its name already stands for another kind or shape. */
  define(entity: string, metric: MetricDefinition, labelValues: readonly string[]): number {
    const identity = identityOf(metric, labelValues);
    const known = this.numbers.get(identity);
    if (known !== undefined) return this.isLike(known, metric) ? known : -1;

    const ofEntity = this.perEntity.get(entity) ?? 0;
    if (this.size >= this.limits.series || ofEntity >= this.limits.seriesPerEntity) return -1;
    const number = this.append({ entity, metric, labelValues });
    this.numbers.set(identity, number);
    this.perEntity.set(entity, ofEntity + 1);
    return number;
  }

  /** The series of each metric name, in the order of their definition. */
  families(): ReadonlyMap<string, readonly number[]> {
    return this.byName;
  }

  /** The part of a series' line that never changes, made once: writing a page must not build names anew. */
  linePrefix(number: number, make: (series: Series) => Uint8Array): Uint8Array {
    return (this.linePrefixes[number] ??= make(this.series[number]!));
  }

  private isLike(number: number, { kind, bounds }: MetricDefinition): boolean {
    return this.kinds[number] === kindCodes[kind] && this.widths[number] === slotsOf(kind, bounds);
  }

  private append(series: Series): number {
    const number = this.size;
    const width = slotsOf(series.metric.kind, series.metric.bounds);
    if (number >= this.kinds.length) this.growSeries();
    while (this.usedSlots + width > this.values.length) this.values = doubled(this.values);
    this.series.push(series);
    const ofName = this.byName.get(series.metric.name);
    if (ofName) ofName.push(number);
    else this.byName.set(series.metric.name, [number]);
    this.kinds[number] = kindCodes[series.metric.kind];
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

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function doubled<A extends Numbers>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array as never);
  return larger;
}
