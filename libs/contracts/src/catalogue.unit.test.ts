import { expect, expectTypeOf, test } from 'vitest';
import { counter, defineMetrics, gauge, histogram, metricProblems } from './catalogue.js';
import type { LabelArguments, LabelsOf } from './catalogue.js';

const metrics = defineMetrics({
  omninode_active_connections: gauge('connections', 'Connections in use.', ['pool']),
  omninode_dead_letter_messages_total: counter('messages', 'Messages that were given up.'),
  omninode_request_duration_seconds: histogram('seconds', 'How long requests took.', [0.1, 1], ['operation', 'status']),
});

/** What a recorder looks like: `record(name, value, labels)` with the labels that the metric has. */
type Record = <N extends keyof typeof metrics>(
  name: N,
  value: number,
  ...labels: LabelArguments<(typeof metrics)[N]>
) => string;
const record: Record = (name, value, ...labels) => JSON.stringify([name, value, ...labels]);

test('what is declared can be recorded', () => {
  expect(record('omninode_active_connections', 3, { pool: 'server' })).toContain('server');
  expect(record('omninode_dead_letter_messages_total', 3)).toContain('3');
  expectTypeOf<LabelsOf<typeof metrics.omninode_request_duration_seconds>>().toEqualTypeOf<'operation' | 'status'>();
});

/** Never run: each line must be refused by the compiler, or the type check of this file fails. */
export function refusedByTheCompiler(): void {
  // @ts-expect-error -- a metric that is not declared
  record('omninode_idle_connections', 1);
  // @ts-expect-error -- a wrong label
  record('omninode_active_connections', 1, { database: 'orders' });
  // @ts-expect-error -- a label is missing
  record('omninode_request_duration_seconds', 1, { operation: 'checkout' });
  // @ts-expect-error -- all labels are missing
  record('omninode_active_connections', 1);
  // @ts-expect-error -- a label on a metric without labels
  record('omninode_dead_letter_messages_total', 1, { pool: 'server' });
  // @ts-expect-error -- a label's value is a text
  record('omninode_active_connections', 1, { pool: 5 });
  // @ts-expect-error -- ms is no base unit
  gauge('ms', 'How long it took.');
  // @ts-expect-error -- the prefix is missing
  defineMetrics({ active_connections: gauge('connections', 'Connections in use.') });
  // @ts-expect-error -- a histogram needs bounds
  histogram('seconds', 'How long it took.');
}

test.each([
  ['omninode_errors', counter('errors', 'Errors.'), 'counters and only counters end in _total'],
  ['omninode_errors_total', gauge('errors', 'Errors.'), 'counters and only counters end in _total'],
  ['omninode_duration', gauge('seconds', 'Duration.'), 'its unit is seconds, so its name ends in _seconds'],
  ['omninode_size_bytes', gauge('rows', 'Size.'), 'its name says bytes, its unit is rows'],
  ['omninode_start_seconds', gauge('timestamp', 'Start.'), 'a point in time ends in _timestamp_seconds'],
  ['omninode_Rows', gauge('rows', 'Rows.'), 'a name is lower case, with underscores, and begins with omninode_'],
  ['omninode_rows', gauge('rows', 'rows'), 'its meaning is a sentence'],
  ['omninode_rows', gauge('rows', 'Rows.', ['instance']), 'instance is not allowed as a label'],
] as const)('%s with a fault is found: %#', (name, metric, problem) => {
  expect(metricProblems(name, metric)).toEqual([problem]);
});

test('a catalogue without faults has none', () => {
  expect(Object.entries(metrics).flatMap(([name, metric]) => metricProblems(name, metric))).toEqual([]);
});
