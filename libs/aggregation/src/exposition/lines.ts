import type { ExponentialValue } from '@omninode/contracts';
import type { SeriesStore } from '../store/series-store.js';
import type { OwnSample } from './exposition.js';

export type Format = 'text' | 'openmetrics';

/** The lines of one series, each ended. */
export function linesOf(store: SeriesStore, series: number, format: Format): string {
  const { metric } = store.series[series]!;
  const labels = store.labelText(series, labelsText);
  const slot = store.slots[series]!;
  switch (metric.kind) {
    case 'gauge':
      return `${metric.name}${wrapped(labels)} ${numberText(store.values[slot]!)}\n`;
    case 'counter':
      return `${metric.name}${wrapped(labels)} ${numberText(store.values[slot]!)}\n${createdLine(store, series, labels, format)}`;
    case 'histogram': {
      const counts = store.values.subarray(slot, slot + metric.bounds.length + 1);
      const sum = store.values[slot + metric.bounds.length + 1]!;
      return (
        histogramLines(metric.name, labels, metric.bounds, counts, sum) + createdLine(store, series, labels, format)
      );
    }
    case 'exponential': {
      const value = store.exponentials.get(series)!;
      const { bounds, counts } = atPowersOfTwo(value);
      return (
        histogramLines(metric.name, labels, bounds, counts, value.sum) + createdLine(store, series, labels, format)
      );
    }
  }
}

export function ownLine({ name, labels = {}, value }: OwnSample): string {
  return `${name}${wrapped(labelsText(Object.keys(labels), Object.values(labels)))} ${numberText(value)}\n`;
}

/** OpenMetrics names a counter's family without `_total`. */
export function familyOf(name: string, format: Format): string {
  return format === 'openmetrics' && name.endsWith('_total') ? name.slice(0, -'_total'.length) : name;
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
): string {
  const before = labels ? `${labels},` : '';
  let lines = '';
  let below = 0;
  for (let at = 0; at < bounds.length; at++) {
    below += counts[at]!;
    lines += `${name}_bucket{${before}le="${numberText(bounds[at]!)}"} ${numberText(below)}\n`;
  }
  below += counts[bounds.length]!;
  lines += `${name}_bucket{${before}le="+Inf"} ${numberText(below)}\n`;
  return `${lines}${name}_sum${wrapped(labels)} ${numberText(sum)}\n${name}_count${wrapped(labels)} ${numberText(below)}\n`;
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
    if (!Number.isInteger(exponent)) continue;
    bounds.push(2 ** exponent);
    bucketed.push(pending);
    pending = 0;
  }
  return { bounds, counts: [...bucketed, pending] };
}

/** When the source began to count, in seconds since 1970 UTC; OpenMetrics only, and only when the source said so. */
function createdLine(store: SeriesStore, series: number, labels: string, format: Format): string {
  const startMs = store.starts[series]!;
  if (format !== 'openmetrics' || startMs === 0) return '';
  return `${familyOf(store.series[series]!.metric.name, format)}_created${wrapped(labels)} ${numberText(startMs / 1000)}\n`;
}

function labelsText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => `${name}="${escapeValue(values[at]!)}"`).join(',');
}

function wrapped(labels: string): string {
  return labels && `{${labels}}`;
}

function escapeValue(value: string): string {
  return /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
