import type { DictionarySlice, MetricDefinition } from '../measurement.js';
import { isAscending, isCount, isLabelName, isLabelValue, isMetricName, isText, metricKinds } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

/** Reads a slice of a dictionary. One bad series refuses the slice: the indexes of those behind it would shift. */
export function readDictionary(body: Readonly<Record<string, unknown>>, bytes: number): DictionarySlice | Refusal {
  const { from, m, s: series } = body;
  if (bytes > limits.dictionaryBytes) {
    return new Refusal('dictionary_too_large', `${bytes} bytes, at most ${limits.dictionaryBytes}`);
  }
  if (!isCount(from)) return new Refusal('invalid_field', 'from is not an integer from 0 on');
  if (!Array.isArray(m)) return new Refusal('invalid_field', 'm is not a list');
  if (!Array.isArray(series)) return new Refusal('invalid_field', 's is not a list');
  if (from + series.length > limits.series) {
    return new Refusal('dictionary_too_large', `more than ${limits.series} series of one producer`);
  }
  const metrics: MetricDefinition[] = [];
  for (const [at, entry] of m.entries()) {
    const metric = readMetric(entry, `m[${at}]`);
    if (metric instanceof Refusal) return metric;
    metrics.push(metric);
  }
  return checkSeries(series, metrics) ?? { from, metrics, series };
}

function readMetric(entry: unknown, path: string): MetricDefinition | Refusal {
  if (!Array.isArray(entry)) return new Refusal('invalid_field', `${path} is not a list`);
  const [name, kind, unit, help, labelNames, bounds = []] = entry as unknown[];
  return checkMetric({ name, kind, unit, help, labelNames, bounds }, path);
}

interface UncheckedMetric {
  readonly name: unknown;
  readonly kind: unknown;
  readonly unit: unknown;
  readonly help: unknown;
  readonly labelNames: unknown;
  readonly bounds: unknown;
}

/** A metric's definition, whichever encoding names it, or the first thing that is wrong with it. */
export function checkMetric(metric: UncheckedMetric, path: string): MetricDefinition | Refusal {
  const { name, unit, help, labelNames, bounds } = metric;
  const kind = metricKinds.find((known) => known === metric.kind);
  if (!isMetricName(name)) return new Refusal('invalid_metric', `${path}: its name is not of Prometheus' form`);
  if (!kind) return new Refusal('invalid_metric', `${path}: its kind is not one of ${metricKinds.join(', ')}`);
  if (!isText(unit, limits.unitLength)) return new Refusal('invalid_metric', `${path}: its unit is not a short text`);
  if (!isText(help, limits.helpLength)) return new Refusal('invalid_metric', `${path}: its help is not a short text`);
  if (!Array.isArray(labelNames) || labelNames.length > limits.labels || !labelNames.every(isLabelName)) {
    return new Refusal(
      'invalid_label',
      `${path}: its label names are not at most ${limits.labels} of Prometheus' form`,
    );
  }
  if (new Set(labelNames).size < labelNames.length)
    return new Refusal('invalid_label', `${path}: a label is named twice`);
  if (!Array.isArray(bounds) || bounds.length > limits.bounds || !isAscending(bounds)) {
    return new Refusal('invalid_bounds', `${path}: its bounds are not at most ${limits.bounds} ascending numbers`);
  }
  if (bounds.length > 0 && kind !== 'histogram')
    return new Refusal('invalid_bounds', `${path}: a ${kind} has no bounds`);
  return { name, kind, unit, help, labelNames, bounds };
}

function checkSeries(series: readonly unknown[], metrics: readonly MetricDefinition[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const [at, entry] of series.entries()) {
    if (!Array.isArray(entry)) return new Refusal('invalid_field', `s[${at}] is not a list`);
    const [metric, labelValues] = entry as unknown[];
    const definition = Number.isInteger(metric) ? metrics[metric as number] : undefined;
    if (!definition) return new Refusal('invalid_index', `s[${at}][0] is not an index of m`);
    if (
      !Array.isArray(labelValues) ||
      labelValues.length !== definition.labelNames.length ||
      !labelValues.every(isLabelValue)
    ) {
      return new Refusal('invalid_label', `s[${at}][1] has not a text for each label of its metric`);
    }
    const identity = JSON.stringify([metric, labelValues]);
    if (seen.has(identity)) return new Refusal('duplicate_series', `s[${at}] is a series that stands before it`);
    seen.add(identity);
    entry.length = 2; // What a later version adds is not handed on.
  }
  return undefined;
}
