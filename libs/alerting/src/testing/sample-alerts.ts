import type { DecodedRecord } from '@omninode/contracts';
import type { KnownMetric } from '../rules/catalogue.js';

/** Metrics for the tests of this lib. */
export const sampleCatalogue = new Map<string, KnownMetric>([
  ['omninode_active_connections', known('gauge', ['pool'])],
  ['omninode_max_connections', known('gauge', ['pool'])],
  ['omninode_requests_total', known('counter', ['status'])],
  ['omninode_request_duration_seconds', known('exponential', [])],
]);

function known(kind: KnownMetric['kind'], labels: readonly string[]): KnownMetric {
  return { kind, unit: '', labels: ['target', ...labels], entityLabels: ['target'] };
}

/** One gauge of a target, in rows. */
export function gaugeRecord(
  target: string,
  value: number,
  timeMs: number,
  more: Readonly<Record<string, string>> = {},
): DecodedRecord {
  return pointRecord('omninode_active_connections', 'gauge', { target, ...more }, value, timeMs);
}

export function pointRecord(
  name: string,
  kind: 'gauge' | 'counter',
  labels: Readonly<Record<string, string>>,
  value: number,
  timeMs: number,
  startMs?: number,
): DecodedRecord {
  return {
    producer: `test/${labels.target}`,
    entity: labels.target!,
    incarnation: null,
    sequence: null,
    timeMs,
    dictionary: {
      from: 0,
      metrics: [{ name, kind, unit: '', help: '', labelNames: Object.keys(labels), bounds: [] }],
      series: [[0, Object.values(labels)]],
    },
    data: {
      known: 1,
      indexes: null,
      values: [value],
      timeOffsetsMs: null,
      starts: startMs === undefined ? [] : [[0, startMs]],
      exponentials: [],
    },
    events: [],
    close: null,
    encoding: 'rows',
    rejected: [],
  };
}
