import { describe, expect, test } from 'vitest';
import { PartitionState } from '../state/partition-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs } from '../state/sample-records.js';
import { RecentExemplars } from './exemplars.js';
import { exposition } from './exposition.js';
import { pageProblems } from './page-reader.js';
import type { Format } from './plan.js';

const [first, second] = ['4bf92f3577b34da6a3ce929d0e0e4736', 'aaaabbbbccccddddeeeeffff00001111'];
const labelNames = ['component', 'operation', 'status', 'service_name', 'service_instance'];

describe.each(['histogram', 'exponential'] as const)('on a %s of request durations', (kind) => {
  test('the newest slow operation of a bucket stands behind it, with its trace, value and time', () => {
    const state = sample(kind, [slow(first, 0.7), slow(second, 0.6), slow(first, 3)]);
    const page = pageOf(state, 'openmetrics');
    expect(pageProblems(page, 'openmetrics')).toEqual([]);
    expect(page).toContain(` # {trace_id="${second}"} 0.6 ${sampleStartMs / 1000}\n`);
    expect(page).not.toContain('0.7 17');
    const last = kind === 'histogram' ? 'le="+Inf"' : 'le="4.0"';
    expect(page).toContain(`${last}} 3 # {trace_id="${first}"} 3 ${sampleStartMs / 1000}\n`);
  });

  test('the text format has no exemplars', () => {
    const page = pageOf(sample(kind, [slow(first, 0.7)]), 'text');
    expect(page).not.toContain('trace_id');
    expect(pageProblems(page, 'text')).toEqual([]);
  });
});

test('an exemplar stands in its own bucket only, also when it is the newest', () => {
  const page = pageOf(sample('histogram', [slow(first, 0.7), slow(second, 0.3)]), 'openmetrics');
  expect(page.match(/le="[^"]*"\} \d( # \{trace_id="....)?/g)).toEqual([
    'le="0.5"} 0 # {trace_id="aaaa',
    'le="1.0"} 2 # {trace_id="4bf9',
    'le="+Inf"} 3',
  ]);
});

test.each([
  ['of another operation', slow(first, 0.7, { operation: 'write' })],
  ['of another end', slow(first, 0.7, { status: 'failure' })],
  ['without a trace', slow(undefined, 0.7)],
  ['with a trace that is none', slow('x"} 1\n', 0.7)],
  ['with the trace that means none', slow('0'.repeat(32), 0.7)],
  ['that took no number', slow(first, Number.NaN)],
  ['that took a text', slow(first, '0.7')],
])('a slow operation %s is no exemplar', (_, event) => {
  expect(pageOf(sample('histogram', [event]), 'openmetrics')).not.toContain(' # {');
});

test('one of another instance is none', () => {
  expect(pageOf(sample('histogram', [slow(first, 0.7)], 'shop/2'), 'openmetrics')).not.toContain(' # {');
});

test('no other metric has any', () => {
  const state = sample('histogram', [slow(first, 0.7)], 'shop/1', 'omninode_other_seconds');
  expect(pageOf(state, 'openmetrics')).not.toContain(' # {');
});

test('what was found is good for five seconds', () => {
  const exemplars = new RecentExemplars();
  const state = sample('histogram', []);
  const at = (nowMs: number) => exemplars.of(state, nowMs)(state.store.series[0]!);
  expect(at(0)).toBeUndefined();
  const producer = new SampleProducer(state, { entity: 'shop', producer: 'shop/1' });
  producer.sequence = 2;
  producer.send(1, { events: [slow(first, 0.7)] });
  expect(at(4_999)).toBeUndefined();
  expect(at(5_000)).toHaveLength(1);
});

function slow(traceId: string | undefined, seconds: unknown, more: object = {}) {
  const attributes = {
    component: 'api',
    operation: 'read',
    status: 'success',
    duration_seconds: seconds,
    trace_id: traceId,
  };
  return { name: 'omninode.slow_operation', timeMs: sampleStartMs, attributes: { ...attributes, ...more } };
}

function sample(
  kind: 'histogram' | 'exponential',
  events: readonly ReturnType<typeof slow>[],
  producerName = 'shop/1',
  name = 'omninode_request_duration_seconds',
): PartitionState {
  const state = new PartitionState({ series: 10, seriesPerEntity: 10 });
  const producer = new SampleProducer(state, { entity: 'shop', producer: producerName });
  const bounds = kind === 'histogram' ? [0.5, 1] : [];
  const metric = { name, kind, labelNames, bounds, unit: 'seconds' } as const;
  const series = [[0, ['api', 'read', 'success', 'shop', '1']]] as const;
  producer.define(0, sampleSlice([metric], series));
  const value = { scale: 0, zeroCount: 0, sum: 4.3, offset: -1, counts: [2, 0, 1] };
  const data =
    kind === 'histogram'
      ? { known: 1, values: [0, 2, 1, 4.3] }
      : { known: 1, indexes: [], values: [], exponentials: [[0, value]] as const };
  producer.send(1, { data: sampleColumns(data), events });
  return state;
}

function pageOf(state: PartitionState, format: Format): string {
  const exemplars = new RecentExemplars();
  return Buffer.concat([
    ...exposition([state], { format, expiryMs: 1_000, nowMs: sampleStartMs, exemplars }),
  ]).toString();
}
