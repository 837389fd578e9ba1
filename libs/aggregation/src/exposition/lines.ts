import { Buffer } from 'node:buffer';
import type { ExponentialValue } from '@omninode/contracts';
import type { Series, SeriesStore } from '../store/series-store.js';
import { numberText, type PageBuffer } from './page-buffer.js';
import type { Format, OwnSample } from './plan.js';

/** Writes the lines of one series. */
export function writeLines(page: PageBuffer, store: SeriesStore, series: number, format: Format): void {
  const { metric } = store.series[series]!;
  if (metric.kind === 'gauge' || metric.kind === 'counter') writePlainLine(page, store, series);
  else page.text(histogramText(store, series, format));
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

function histogramText(store: SeriesStore, series: number, format: Format): string {
  const { metric } = store.series[series]!;
  const labels = labelsOf(store, series);
  if (metric.kind === 'exponential') {
    const value = store.exponentials.get(series)!;
    const { bounds, counts } = atPowersOfTwo(value);
    return histogramLines(metric.name, labels, bounds, counts, value.sum, format);
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
): string {
  const before = labels ? `${labels},` : '';
  let lines = '';
  let below = 0;
  for (let at = 0; at < bounds.length; at++) {
    below += counts[at]!;
    lines += `${name}_bucket{${before}le="${boundText(bounds[at]!, format)}"} ${numberText(below)}\n`;
  }
  below += counts[bounds.length]!;
  lines += `${name}_bucket{${before}le="+Inf"} ${numberText(below)}\n`;
  return `${lines}${name}_sum${wrapped(labels)} ${numberText(sum)}\n${name}_count${wrapped(labels)} ${numberText(below)}\n`;
}

/** OpenMetrics writes a bound as a decimal number, `1.0`; Prometheus' text form has always had `1`. */
function boundText(bound: number, format: Format): string {
  const text = numberText(bound);
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/**
 * Classic buckets of an exponential histogram. Powers of two are bounds at every scale from 0 up, so the counts at them are
 * exact; at a negative scale only every 2^-scale-th of them is.
 */
function atPowersOfTwo({ scale, zeroCount, offset, counts }: ExponentialValue): { bounds: number[]; counts: number[] } {
  const bounds: number[] = [];
  const bucketed: number[] = [];
  let pending = zeroCount;
  for (let at = 0; at < counts.length; at++) {
    pending += counts[at]!;
    // The bucket's upper bound is 2^exponent.
    const exponent = (offset + at + 1) * 2 ** -scale;
    const bound = 2 ** exponent;
    // Beyond what a number holds there is no bound to print: those counts belong to the next one, or to +Inf.
    if (!Number.isInteger(exponent) || bound === 0 || bound === Infinity) continue;
    bounds.push(bound);
    bucketed.push(pending);
    pending = 0;
  }
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
