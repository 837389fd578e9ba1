import type { OwnSample } from '@omninode/aggregation';
import type { DecodedRecord, MetricDefinition } from '@omninode/contracts';
import { meshEntity } from './alert-instance.js';

/** What the mesh says of itself, as the record of a service would say it: then rules on it need nothing of their own. */
export function meshRecord(samples: readonly OwnSample[], nowMs: number): DecodedRecord {
  const metrics: MetricDefinition[] = [];
  const series: (readonly [number, readonly string[]])[] = [];
  const values: number[] = [];
  for (const { name, metric, labels = {}, value } of samples) {
    if (metric.kind !== 'gauge' && metric.kind !== 'counter') continue;
    const { kind, unit, meaning } = metric;
    metrics.push({ name, kind, unit, help: meaning, labelNames: Object.keys(labels), bounds: [] });
    series.push([metrics.length - 1, Object.values(labels)]);
    values.push(value);
  }
  return {
    producer: meshEntity,
    entity: meshEntity,
    incarnation: null,
    sequence: null,
    timeMs: nowMs,
    dictionary: { from: 0, metrics, series },
    data: { known: series.length, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] },
    events: [],
    close: null,
    encoding: 'rows',
    rejected: [],
  };
}
