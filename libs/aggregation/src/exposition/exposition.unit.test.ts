import type { DecodedRecord, MetricDefinition } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PartitionState } from '../state/partition-state.js';
import { exposition } from './exposition.js';
import { PageBuffer } from './page-buffer.js';
import { withoutInstance } from './page-reader.js';

const nowMs = 1_790_000_000_000;
const definition = (
  name: string,
  kind: MetricDefinition['kind'],
  unit: string,
  labelNames: string[] = [],
  bounds: number[] = [],
): MetricDefinition => ({ name, kind, unit, help: 'Say "it".', labelNames, bounds });

test('text and OpenMetrics of every kind', () => {
  const state = partition([
    [definition('omninode_a_seconds', 'gauge', 'seconds', ['q']), ['say "no"\n'], [0.5]],
    [definition('omninode_b_total', 'counter', 'events'), [], [7]],
    [definition('omninode_c_seconds', 'histogram', 'seconds', [], [0.1, 1]), [], [1, 2, 3, 4.5]],
  ]);
  expect(page([state], 'text')).toBe(`# HELP omninode_a_seconds Say "it".
# TYPE omninode_a_seconds gauge
omninode_a_seconds{q="say \\"no\\"\\n"} 0.5
# HELP omninode_b_total Say "it".
# TYPE omninode_b_total counter
omninode_b_total 7
# HELP omninode_c_seconds Say "it".
# TYPE omninode_c_seconds histogram
omninode_c_seconds_bucket{le="0.1"} 1
omninode_c_seconds_bucket{le="1"} 3
omninode_c_seconds_bucket{le="+Inf"} 6
omninode_c_seconds_sum 4.5
omninode_c_seconds_count 6
`);
  expect(page([state], 'openmetrics')).toContain(`# HELP omninode_b Say \\"it\\".
# TYPE omninode_b counter
omninode_b_total 7
omninode_b_created 1789999999
`);
  expect(page([state], 'openmetrics')).toMatch(/# UNIT omninode_a_seconds seconds\n[^]*# EOF\n$/);
});

test('an exponential histogram is exact at the powers of two, between bounds on both sides', () => {
  // Scale 1: bounds are the square roots of two; the buckets end at 2^0.5, 2^1, 2^1.5, 2^2, 2^2.5.
  const value = { scale: 1, zeroCount: 1, sum: 9, offset: 0, counts: [1, 2, 3, 4, 5] };
  const state = partition([[definition('omninode_d_bytes', 'exponential', 'bytes'), [], []]], [[0, value]]);
  expect(page([state], 'text')).toContain(`omninode_d_bytes_bucket{le="1"} 1
omninode_d_bytes_bucket{le="2"} 4
omninode_d_bytes_bucket{le="4"} 11
omninode_d_bytes_bucket{le="8"} 16
omninode_d_bytes_bucket{le="+Inf"} 16
omninode_d_bytes_sum 9
omninode_d_bytes_count 16
`);
});

test.each([
  [
    'within one power of two',
    { scale: 3, zeroCount: 0, sum: 9, offset: 17, counts: [3] },
    [
      [4, 0],
      [8, 3],
    ],
  ],
  [
    'at a negative scale',
    { scale: -2, zeroCount: 0, sum: 9, offset: 0, counts: [3, 1] },
    [
      [1, 0],
      [16, 3],
      [256, 4],
    ],
  ],
])('values %s lie between two bounds', (_, value, expected) => {
  const state = partition([[definition('omninode_d_bytes', 'exponential', 'bytes'), [], []]], [[0, value]]);
  expect(bucketsOf(page([state], 'text'))).toEqual([...expected, [Infinity, expected.at(-1)![1]]]);
});

test('a histogram of durations has the same buckets from its first value on', () => {
  const value = (offset: number) => ({ scale: 3, zeroCount: 0, sum: 1, offset, counts: [1] });
  const boundsOf = (offset: number) => {
    const state = partition(
      [[definition('omninode_d_seconds', 'exponential', 'seconds'), [], []]],
      [[0, value(offset)]],
    );
    return bucketsOf(page([state], 'text')).map(([bound]) => bound);
  };
  expect(boundsOf(0)).toEqual([...Array.from({ length: 16 }, (_, nth) => 2 ** (nth - 10)), Infinity]);
  expect(boundsOf(-30)).toEqual(boundsOf(0));
  expect(boundsOf(50).slice(-3)).toEqual([64, 128, Infinity]);
});

test('a family has one header, whichever partitions its series lie in; another kind of the same name is left out', () => {
  const gauge = definition('omninode_a_seconds', 'gauge', 'seconds', ['p']);
  const text = page(
    [
      partition([[gauge, ['1'], [1]]]),
      partition([[gauge, ['2'], [2]]]),
      partition([[{ ...gauge, kind: 'counter' }, ['3'], [3]]]),
    ],
    'text',
  );
  expect(text.match(/# TYPE/g)).toHaveLength(1);
  expect(text).toContain('{p="2"} 2');
  expect(text).not.toContain('{p="3"}');
});

test('numbers read back as the same numbers, in the shortest text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true }),
        fc.integer(),
        fc.integer({ min: 0, max: 2e12 }).map((n) => n / 1000),
      ),
      (value) => {
        const buffer = new PageBuffer();
        buffer.line(Buffer.from('x '), value);
        const text = buffer.take().toString().slice(2, -1);
        expect(text.length).toBeLessThanOrEqual(String(value).length + 1);
        expect(Number(text.replace('+Inf', 'Infinity').replace('-Inf', '-Infinity')) + 0).toBe(value + 0);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('an expired series is hidden, not zero', () => {
  const state = partition([[definition('omninode_a_seconds', 'gauge', 'seconds'), [], [1]]]);
  expect([...exposition([state], { format: 'text', expiryMs: 1_000, nowMs: nowMs + 1_001 })]).toEqual([]);
});

test('no line names the replica that shows it: a scraper that honors labels sees one series before and after a handover', () => {
  const state = partition([
    [definition('omninode_a_seconds', 'gauge', 'seconds', ['q']), ['x'], [1]],
    [definition('omninode_b_seconds', 'histogram', 'seconds', [], [1]), [], [1, 2, 3]],
    [definition('omninode_c_seconds', 'gauge', 'seconds', ['instance']), ['its own'], [4]],
  ]);
  const lines = Buffer.concat([...exposition([state], { format: 'text', expiryMs: 1_000, nowMs })]).toString();
  expect(lines.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([
    'omninode_a_seconds{q="x",instance=""} 1',
    'omninode_b_seconds_bucket{instance="",le="1"} 1',
    'omninode_b_seconds_bucket{instance="",le="+Inf"} 3',
    'omninode_b_seconds_sum{instance=""} 3',
    'omninode_b_seconds_count{instance=""} 3',
    'omninode_c_seconds{instance="its own"} 4',
  ]);
});

test('no slice is longer than a thousand lines', () => {
  const gauge = definition('omninode_a_seconds', 'gauge', 'seconds', ['p']);
  const state = partition(Array.from({ length: 2_500 }, (_, nth) => [gauge, [String(nth)], [nth]]));
  const slices = [...exposition([state], { format: 'text', expiryMs: 1_000, nowMs })];
  expect(slices.map((slice) => slice.toString().split('\n').length - 1)).toEqual([1_002, 1_000, 500]);
});

function page(states: readonly PartitionState[], format: 'text' | 'openmetrics'): string {
  return withoutInstance(Buffer.concat([...exposition(states, { format, expiryMs: 1_000, nowMs })]).toString());
}

type Given = readonly [metric: MetricDefinition, labelValues: readonly string[], slots: readonly number[]];

function partition(
  given: readonly Given[],
  exponentials: NonNullable<DecodedRecord['data']>['exponentials'] = [],
): PartitionState {
  const state = new PartitionState({ series: 10_000, seriesPerEntity: 10_000 });
  const record: DecodedRecord = {
    producer: 'p',
    entity: 'e',
    incarnation: 1,
    sequence: 1,
    timeMs: nowMs,
    dictionary: {
      from: 0,
      metrics: given.map(([metric]) => metric),
      series: given.map(([, values], nth) => [nth, values] as const),
    },
    data: {
      known: given.length,
      indexes: null,
      values: given.flatMap(([, , slots]) => slots),
      timeOffsetsMs: null,
      starts: given.map((_, nth) => [nth, nowMs - 1_000] as const),
      exponentials,
    },
    events: [],
    close: null,
    encoding: 'columns',
    rejected: [],
  };
  expect(state.take({ ok: true, record }, { offset: 0 }, nowMs)).toBeUndefined();
  return state;
}

function bucketsOf(text: string): number[][] {
  return [...text.matchAll(/_bucket\{.*le="([^"]+)".*\} (\d+)/g)].map(([, bound, count]) => [
    bound === '+Inf' ? Infinity : Number(bound),
    Number(count),
  ]);
}
