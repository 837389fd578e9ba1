import type { PartitionState, PartitionSummary } from '@omninode/aggregation';
import type { MetricDefinition } from '@omninode/contracts';
import type { OwnedPartition } from '../mesh-view.js';
import { rfc3339 } from '../rfc3339.js';
import type { SeriesAnswer, SeriesQuery } from './series-routes.js';

export interface Searched {
  /** In the order of their numbers. */
  readonly owned: readonly OwnedPartition[];
  /** Whether the numbers of `owned` are those of the topic. */
  readonly isNumbered: boolean;
  readonly summaries: readonly PartitionSummary[];
  readonly expiryMs: number;
  readonly nowMs: number;
}

const defaultLimit = 100;
/** One page looks at no more series than this, so that no query holds the process up: then it says where to go on. */
const mostLookedAt = 100_000;

/** `/api/v1/series`: a page of the series that fit. */
export function searchSeries(searched: Searched, query: SeriesQuery): SeriesAnswer {
  const { owned, isNumbered, summaries } = searched;
  const limit = query.limit ?? defaultLimit;
  const fits = matcher(query);
  const series: SeriesAnswer['series'] = [];
  let next: string | null = null;
  let lookedAt = 0;
  for (const { partition, state, from } of startingAt(owned, query.after)) {
    for (let number = from; number < state.store.size && next === null; number++) {
      if (series.length === limit || lookedAt++ === mostLookedAt) next = `${partition}.${number}`;
      else if (fits(state, number)) series.push(described(state, number, isNumbered ? partition : null, searched));
    }
    if (next !== null) break;
  }
  return { series, next, covered: isNumbered ? coveredBy(owned, summaries) : null };
}

function coveredBy(owned: readonly OwnedPartition[], summaries: readonly PartitionSummary[]): SeriesAnswer['covered'] {
  const here = new Set(owned.map(({ partition }) => partition));
  return {
    partitions: [...here],
    elsewhere: summaries
      .filter(({ partition }) => !here.has(partition))
      .map(({ partition, owner, atMs }) => ({ partition, owner, as_of: rfc3339(atMs) })),
  };
}

function startingAt(owned: readonly OwnedPartition[], after: string | undefined) {
  const [firstPartition = 0, firstNumber = 0] = (after ?? '').split('.').map(Number);
  return owned
    .filter(({ partition }) => partition >= firstPartition)
    .map((each) => ({ ...each, from: each.partition === firstPartition ? firstNumber : 0 }));
}

function matcher({ name, entity, label = [] }: SeriesQuery): (state: PartitionState, number: number) => boolean {
  const wanted = [label].flat().map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  const known = new Map<MetricDefinition, boolean>();
  const hasName = (metric: MetricDefinition): boolean => {
    const answer = known.get(metric) ?? (name === undefined || metric.name.includes(name));
    known.set(metric, answer);
    return answer;
  };
  return ({ store }, number) => {
    const series = store.series[number]!;
    if (entity !== undefined && series.entity !== entity) return false;
    if (!hasName(series.metric)) return false;
    return wanted.every(([key, value]) => (series.labelValues[series.metric.labelNames.indexOf(key!)] ?? '') === value);
  };
}

function described(
  { store }: PartitionState,
  number: number,
  partition: number | null,
  { expiryMs, nowMs }: Searched,
): SeriesAnswer['series'][number] {
  const { entity, metric, labelValues } = store.series[number]!;
  const { name, kind, unit, help, labelNames } = metric;
  const timeMs = store.times[number]!;
  const hasValue = timeMs > 0;
  const isNumber = kind === 'gauge' || kind === 'counter';
  return {
    name,
    kind,
    unit,
    help,
    entity,
    labels: Object.fromEntries(labelNames.flatMap((label, at) => (labelValues[at] ? [[label, labelValues[at]]] : []))),
    partition,
    value: hasValue && isNumber ? store.values[store.slots[number]!]! : null,
    histogram: hasValue && !isNumber ? histogramOf(store, number) : null,
    at: hasValue ? rfc3339(timeMs) : null,
    age_seconds: hasValue ? Math.max(0, nowMs - timeMs) / 1e3 : null,
    expired: store.seen[number]! < nowMs - expiryMs,
  };
}

function histogramOf(store: PartitionState['store'], number: number): { count: number; sum: number } {
  const exponential = store.exponentials.get(number);
  if (exponential) {
    const count = exponential.counts.reduce((sum, each) => sum + each, exponential.zeroCount);
    return { count, sum: exponential.sum };
  }
  const slot = store.slots[number]!;
  const sumAt = slot + store.widths[number]! - 1;
  return {
    count: store.values.subarray(slot, sumAt).reduce((sum, each) => sum + each, 0),
    sum: store.values[sumAt] ?? 0,
  };
}
