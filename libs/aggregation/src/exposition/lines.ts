import { Buffer } from 'node:buffer';
import type { ExponentialValue } from '@omninode/contracts';
import type { Series, SeriesStore } from '../store/series-store.js';
import { exemplarText, type Exemplar } from './exemplars.js';
import { numberText, type PageBuffer } from './page-buffer.js';
import type { Format, OwnSample } from './plan.js';

/** Writes the lines of one series. `exemplars` only where the format is OpenMetrics. */
export function writeLines(
  page: PageBuffer,
  store: SeriesStore,
  series: number,
  format: Format,
  exemplars?: readonly Exemplar[],
): void {
  const { metric } = store.series[series]!;
  if (metric.kind === 'gauge' || metric.kind === 'counter') writePlainLine(page, store, series);
  else page.text(histogramText(store, series, format, exemplars));
  if (format === 'openmetrics' && metric.kind !== 'gauge') page.text(createdLine(store, series));
}

/** The line of a gauge or counter. The hot path: the page of a large mesh is nearly all such lines. */
export function writePlainLine(page: PageBuffer, store: SeriesStore, series: number): void {
  page.line(store.linePrefix(series, prefixOf), store.values[store.slots[series]!]!);
}

/** `name{labels} ` */
function prefixOf({ metric, labelValues }: Series): Uint8Array {
  return Buffer.from(`${metric.name}${wrapped(meshLabelsText(metric.labelNames, labelValues))} `);
}

function histogramText(
  store: SeriesStore,
  series: number,
  format: Format,
  exemplars: readonly Exemplar[] | undefined,
): string {
  const { metric } = store.series[series]!;
  const labels = labelsOf(store, series);
  if (metric.kind === 'exponential') {
    const value = store.exponentials.get(series)!;
    const { bounds, counts } = atPowersOfTwo(value, metric.unit);
    return histogramLines(metric.name, labels, bounds, counts, value.sum, format, exemplars);
  }
  const slot = store.slots[series]!;
  const counts = store.values.subarray(slot, slot + metric.bounds.length + 1);
  return histogramLines(
    metric.name,
    labels,
    metric.bounds,
    counts,
    store.values[slot + metric.bounds.length + 1]!,
    format,
    exemplars,
  );
}

function labelsOf(store: SeriesStore, series: number): string {
  const { metric, labelValues } = store.series[series]!;
  return meshLabelsText(metric.labelNames, labelValues);
}

/**
 * A series belongs to the mesh, not to the replica that shows it: an empty `instance` keeps a scraper with `honor_labels` from
 * naming the replica, so that a series goes on when its partition moves.
 */
function meshLabelsText(names: readonly string[], values: readonly string[]): string {
  const text = labelsText(names, values);
  if (names.includes('instance')) return text;
  return text ? `${text},instance=""` : 'instance=""';
}

export function ownLine({ name, labels = {}, value }: OwnSample): string {
  return `${name}${wrapped(labelsText(Object.keys(labels), Object.values(labels)))} ${numberText(value)}\n`;
}

export function escapeHelp(help: string, format: Format): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return format === 'openmetrics' ? escaped.replaceAll('"', '\\"') : escaped;
}

function histogramLines(
  name: string,
  labels: string,
  bounds: readonly number[],
  counts: ArrayLike<number>,
  sum: number,
  format: Format,
  exemplars: readonly Exemplar[] | undefined,
): string {
  const before = labels ? `${labels},` : '';
  let lines = '';
  let below = 0;
  for (let at = 0; at < bounds.length; at++) {
    below += counts[at]!;
    const exemplar = exemplars ? exemplarText(exemplars, bounds[at - 1] ?? -Infinity, bounds[at]!) : '';
    lines += `${name}_bucket{${before}le="${boundText(bounds[at]!, format)}"} ${numberText(below)}${exemplar}\n`;
  }
  below += counts[bounds.length]!;
  const exemplar = exemplars ? exemplarText(exemplars, bounds.at(-1) ?? -Infinity, Infinity) : '';
  lines += `${name}_bucket{${before}le="+Inf"} ${numberText(below)}${exemplar}\n`;
  return `${lines}${name}_sum${wrapped(labels)} ${numberText(sum)}\n${name}_count${wrapped(labels)} ${numberText(below)}\n`;
}

/** OpenMetrics writes a bound as a decimal number, `1.0`; Prometheus' text form has always had `1`. */
function boundText(bound: number, format: Format): string {
  const text = numberText(bound);
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** What every histogram of durations shows, filled or not: a bucket that appears later has no rate at first. From 1 ms to 32 s. */
const leastOfSeconds = -10;
const mostOfSeconds = 5;
/** Powers of two that a number holds. */
const leastPower = -1_074;
const mostPower = 1_023;

/**
 * Classic buckets of an exponential histogram: at each power of two from below its first filled bucket to above its last one, so
 * that a quantile lies between two bounds. Powers of two are bounds at every scale from 0 up, so the counts at them are exact; at
 * a negative scale only every 2^-scale-th of them is.
 */
function atPowersOfTwo(value: ExponentialValue, unit: string): { bounds: number[]; counts: number[] } {
  const { scale, zeroCount, offset, counts } = value;
  const step = Math.max(1, 2 ** -scale);
  /** The upper bound of a bucket is 2 to the power of this. */
  const powerOf = (bucket: number) => (offset + bucket + 1) * 2 ** -scale;
  const first = Math.floor(powerOf(-1) / step) * step;
  const last = Math.ceil(powerOf(counts.length - 1) / step) * step;
  const isDuration = unit === 'seconds';
  const from = Math.max(leastPower, isDuration ? Math.min(first, Math.floor(leastOfSeconds / step) * step) : first);
  const to = Math.min(mostPower, isDuration ? Math.max(last, mostOfSeconds) : last);

  const bounds: number[] = [];
  const bucketed: number[] = [];
  let pending = zeroCount;
  let at = 0;
  for (let power = from; power <= to; power += step) {
    while (at < counts.length && powerOf(at) <= power) pending += counts[at++]!;
    bounds.push(2 ** power);
    bucketed.push(pending);
    pending = 0;
  }
  // What no number bounds belongs to +Inf.
  while (at < counts.length) pending += counts[at++]!;
  return { bounds, counts: [...bucketed, pending] };
}

/** When the source began to count, in seconds since 1970 UTC, when the source said so. OpenMetrics only. */
function createdLine(store: SeriesStore, series: number): string {
  const startMs = store.starts[series]!;
  if (startMs === 0) return '';
  const { name, kind } = store.series[series]!.metric;
  const title = kind === 'counter' ? name.replace(/_total$/, '') : name;
  return `${title}_created${wrapped(labelsOf(store, series))} ${numberText(startMs / 1000)}\n`;
}

/** To Prometheus an empty value is no label. */
function labelsText(names: readonly string[], values: readonly string[]): string {
  return names.flatMap((name, at) => (values[at] ? [`${name}="${escapeValue(values[at])}"`] : [])).join(',');
}

function wrapped(labels: string): string {
  return labels && `{${labels}}`;
}

function escapeValue(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
}
