import type { Columns, DictionarySlice, MetricDefinition, RejectedPoint } from '../measurement.js';
import { checkMetric } from './decode-dictionary.js';
import { isLabelValue, isObject, isText, isTime } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

interface PointColumns {
  readonly dictionary: DictionarySlice;
  readonly data: Columns;
}

/** Turns points in rows into columns with a dictionary of their own. Points that are not of their form are left out and listed. */
export function readPoints(points: readonly unknown[], timeMs: number, rejected: RejectedPoint[]): PointColumns {
  const table = new PointTable(timeMs);
  for (const [at, point] of points.entries()) {
    const refusal = isObject(point) ? table.add(point) : new Refusal('invalid_field', 'not an object');
    if (refusal) rejected.push({ code: refusal.code, path: `points[${at}]` });
    if (rejected.length > limits.rejectedPoints) break;
  }
  return table.columns();
}

type Point = Readonly<Record<string, unknown>>;

/** The columns of the points so far. A series that comes again, with another time, keeps its index. */
class PointTable {
  private readonly metrics: MetricDefinition[] = [];
  private readonly firstOfName = new Map<string, FirstOfName>();
  /** By name and label names, for the rare name that comes with several sets of label names. */
  private readonly metricIndex = new Map<string, number>();
  private readonly series: [number, string[]][] = [];
  private readonly seriesIndex = new Map<string, number>();
  private readonly indexes: number[] = [];
  private readonly values: number[] = [];
  private readonly offsetsMs: number[] = [];
  private readonly starts: [number, number][] = [];
  private readonly firstOffsetMs: number[] = [];
  /** Series and time of the points that are not the first of their series. */
  private readonly laterMoments = new Set<string>();

  constructor(private readonly timeMs: number) {}

  /** Adds a point, or says why it can't be taken. */
  add(point: Point): Refusal | undefined {
    const { labels, start, time = this.timeMs } = point;
    if (!isTime(time)) return new Refusal('invalid_time', 'time');
    const offsetMs = time - this.timeMs;
    if ((offsetMs | 0) !== offsetMs) return new Refusal('invalid_time', 'time');
    if (start !== undefined && !isTime(start)) return new Refusal('invalid_time', 'start');
    if (!isObject(labels)) return new Refusal('invalid_label', 'labels');
    const labelNames = Object.keys(labels).toSorted();
    const labelValues = labelNames.map((name) => labels[name]);
    if (!labelValues.every(isLabelValue)) return new Refusal('invalid_label', 'labels');
    const slots = readSlots(point);
    if (slots instanceof Refusal) return slots;
    const metric = this.metricOf(point, labelNames, slots.bounds);
    if (metric instanceof Refusal) return metric;

    const series = this.seriesOf(metric, labelValues);
    if (!this.isNew(series, offsetMs)) return new Refusal('duplicate_series', 'its series has a point of this time');
    this.indexes.push(series);
    this.offsetsMs.push(offsetMs);
    for (const slot of slots.values) this.values.push(slot);
    if (start !== undefined) this.starts.push([series, start]);
    return undefined;
  }

  columns(): PointColumns {
    const inOrder = this.indexes.length === this.series.length;
    return {
      dictionary: { from: 0, metrics: this.metrics, series: this.series },
      data: {
        known: this.series.length,
        indexes: inOrder ? null : this.indexes,
        values: this.values,
        timeOffsetsMs: this.offsetsMs.every((offset) => offset === 0) ? null : this.offsetsMs,
        starts: this.starts,
        exponentials: [],
      },
    };
  }

  /** The definition of a point's metric. In one record a name has one kind and one set of bounds; unit and help are its first point's. */
  private metricOf(point: Point, labelNames: readonly string[], bounds: readonly unknown[]): number | Refusal {
    const { name, kind, unit = '', help = '' } = point;
    const first = this.firstOfName.get(name as string);
    if (first && (first.metric.kind !== kind || !isSameList(first.metric.bounds, bounds))) {
      return new Refusal('invalid_metric', 'a point of the same name has another kind or other bounds');
    }
    if (!isText(unit, limits.unitLength) || !isText(help, limits.helpLength)) {
      return new Refusal('invalid_metric', 'unit or help');
    }
    if (first && isSameList(first.metric.labelNames, labelNames)) return first.index;
    const checked = checkMetric({ name, kind, unit, help, labelNames, bounds }, 'metric');
    if (checked instanceof Refusal) return checked;
    if (!first) {
      const index = this.metrics.push(checked) - 1;
      this.firstOfName.set(checked.name, { metric: checked, index });
      return index;
    }
    return this.variantOf(first.metric, checked.labelNames);
  }

  /** The same metric with other label names. Checked names hold neither braces nor commas, so equal keys mean equal lists. */
  private variantOf(first: MetricDefinition, labelNames: readonly string[]): number {
    const key = `${first.name}{${labelNames.join()}}`;
    const known = this.metricIndex.get(key);
    if (known !== undefined) return known;
    this.metricIndex.set(key, this.metrics.length);
    return this.metrics.push({ ...first, labelNames }) - 1;
  }

  /** The lengths in the identity keep values apart, whatever stands in them. */
  private seriesOf(metric: number, labelValues: string[]): number {
    let identity = `${metric}`;
    for (const value of labelValues) identity += `,${value.length}:${value}`;
    const known = this.seriesIndex.get(identity);
    if (known !== undefined) return known;
    this.seriesIndex.set(identity, this.series.length);
    return this.series.push([metric, labelValues]) - 1;
  }

  /** Whether the series has no point of this time yet. */
  private isNew(series: number, offsetMs: number): boolean {
    if (series === this.firstOffsetMs.length) {
      this.firstOffsetMs.push(offsetMs);
      return true;
    }
    const moment = `${series}@${offsetMs}`;
    if (this.firstOffsetMs[series] === offsetMs || this.laterMoments.has(moment)) return false;
    this.laterMoments.add(moment);
    return true;
  }
}

interface FirstOfName {
  readonly metric: MetricDefinition;
  readonly index: number;
}

interface Slots {
  readonly values: readonly number[];
  readonly bounds: readonly unknown[];
}

/** The values that a point puts into its slots. Rows carry gauges, counters and explicit histograms. */
function readSlots({ kind, value, histogram }: Point): Slots | Refusal {
  if (kind === 'histogram') return readHistogram(histogram);
  if (kind !== 'gauge' && kind !== 'counter') return new Refusal('invalid_metric', 'kind');
  if (!Number.isFinite(value)) return new Refusal('invalid_value', 'value');
  if (kind === 'counter' && (value as number) < 0) return new Refusal('invalid_value', 'value');
  return { values: [value as number], bounds: [] };
}

function readHistogram(histogram: unknown): Slots | Refusal {
  if (!isObject(histogram)) return new Refusal('invalid_value', 'histogram');
  const { bounds, counts, sum } = histogram;
  if (!Array.isArray(bounds)) return new Refusal('invalid_bounds', 'histogram.bounds');
  if (!Array.isArray(counts) || !counts.every((count) => Number.isFinite(count) && count >= 0)) {
    return new Refusal('invalid_value', 'histogram.counts');
  }
  if (counts.length !== bounds.length + 1) return new Refusal('length_mismatch', 'histogram.counts');
  if (!Number.isFinite(sum)) return new Refusal('invalid_value', 'histogram.sum');
  return { values: [...counts, sum as number], bounds };
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((element, at) => element === other[at]);
}
