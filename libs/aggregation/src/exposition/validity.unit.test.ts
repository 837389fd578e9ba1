import { spawnSync } from 'node:child_process';
import type { MetricDefinition } from '@omninode/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartitionState } from '../state/partition-state.js';
import { SampleProducer, sampleColumns, sampleSlice, sampleStartMs } from '../state/sample-records.js';
import { exposition } from './exposition.js';
import { pageProblems, withoutInstance } from './page-reader.js';
import { planPage, type Format } from './plan.js';

const limits = { series: 1_000, seriesPerEntity: 1_000 };
const formats: readonly Format[] = ['text', 'openmetrics'];
const bounds = [-1, 0.5, 10, 1e21];

interface Defined {
  readonly partition: number;
  readonly entity: string;
  readonly metric: Pick<MetricDefinition, 'name' | 'kind' | 'unit' | 'help'>;
  readonly labels: Readonly<Record<string, string>>;
}

const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'é', ','), maxLength: 3 });
const defined: fc.Arbitrary<Defined> = fc
  .record({
    // The entity decides the partition.
    where: fc.constantFrom(
      { partition: 0, entity: 'e1' },
      { partition: 1, entity: 'e2' },
      { partition: 1, entity: 'e3' },
    ),
    metric: fc.record({
      name: fc.constantFrom('a', 'a_total', 'a_bucket', 'a_sum', 'a_count', 'a_created', 'a_seconds', 'a_total_total'),
      kind: fc.constantFrom('gauge', 'counter', 'histogram', 'exponential'),
      unit: fc.constantFrom('', 'seconds', 'total'),
      help: text,
    }),
    labels: fc.dictionary(
      fc.constantFrom('x', 'target', 'service_name'),
      fc.oneof(fc.constantFrom('e1', 'e2', 'e3', ''), text),
    ),
  })
  .map(({ where, ...rest }) => ({ ...where, ...rest }));

test('whatever producers define, alike or against each other, the page is valid in both formats', () => {
  fc.assert(
    fc.property(fc.array(defined, { maxLength: 25 }), (definitions) => {
      const states = partitionsOf(definitions);
      for (const format of formats) expect(pageProblems(pageOf(states, format), format)).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

describe('what contradicts itself', () => {
  const gauge = (name: string) => ({ name, kind: 'gauge', unit: '', help: 'Help.' }) as const;

  test('a name of two kinds has the kind of most series, and the others are counted', () => {
    const states = partitionsOf([
      { partition: 0, entity: 'rogue', metric: { ...gauge('a'), kind: 'counter' }, labels: { x: '0' } },
      { partition: 1, entity: 'e', metric: gauge('a'), labels: { x: '1' } },
      { partition: 2, entity: 'f', metric: gauge('a'), labels: { x: '2' } },
    ]);
    expect(pageOf(states, 'text')).toBe('# HELP a Help.\n# TYPE a gauge\na{x="1"} 7\na{x="2"} 7\n');
    expect(planPage(states, [], 'text').leftOut).toBe(1);
  });

  test('a series that two partitions hold stands once: its own entity’s before that of another', () => {
    const states = partitionsOf([
      { partition: 0, entity: 'rogue', metric: gauge('a'), labels: { target: 'orders-db' } },
      { partition: 1, entity: 'orders-db', metric: gauge('a'), labels: { target: 'orders-db' } },
      { partition: 1, entity: 'x', metric: gauge('b'), labels: {} },
      { partition: 2, entity: 'y', metric: gauge('b'), labels: { empty: '' } },
    ]);
    states[1]!.store.values.set([1, 2]);
    expect(pageOf(states, 'text').match(/^[ab].*/gm)).toEqual(['a{target="orders-db"} 1', 'b 2']);
  });

  test('a name that is a part of another family is left out, and so are no others', () => {
    const states = partitionsOf([
      { partition: 0, entity: 'e', metric: gauge('a_count'), labels: {} },
      { partition: 0, entity: 'e', metric: { ...gauge('a'), kind: 'histogram' }, labels: {} },
      { partition: 0, entity: 'e', metric: gauge('a_counts'), labels: {} },
    ]);
    expect(pageOf(states, 'text').match(/TYPE \w+/g)).toEqual(['TYPE a', 'TYPE a_counts']);
    expect(planPage(states, [], 'text').leftOut).toBe(1);
  });

  test('our own metric keeps its name', () => {
    const states = partitionsOf([
      { partition: 0, entity: 'rogue', metric: { ...gauge('a_total'), kind: 'gauge' }, labels: {} },
    ]);
    const metric = { kind: 'counter', unit: 'events', meaning: 'Ours.', labels: [] } as const;
    const { families, leftOut } = planPage(states, [{ name: 'a_total', metric, value: 1 }], 'text');
    expect([families.map(({ kind, parts }) => [kind, parts.length]), leftOut]).toEqual([[['counter', 0]], 1]);
  });

  test('a counter that OpenMetrics can not name is of unknown type there', () => {
    const states = partitionsOf([
      { partition: 0, entity: 'e', metric: { ...gauge('hits'), kind: 'counter' }, labels: {} },
    ]);
    expect(pageOf(states, 'text')).toContain('# TYPE hits counter\nhits 7\n');
    expect(pageOf(states, 'openmetrics')).toContain('# TYPE hits unknown\nhits 7\n');
    const beside = partitionsOf([
      { partition: 0, entity: 'e', metric: gauge('hits'), labels: {} },
      { partition: 0, entity: 'e', metric: { ...gauge('hits_total'), kind: 'counter' }, labels: {} },
    ]);
    expect(pageOf(beside, 'openmetrics').match(/TYPE.*/g)).toEqual(['TYPE hits gauge', 'TYPE hits_total unknown']);
  });
});

test('buckets are cumulative, their bounds read as each format wants them', () => {
  const histogram = { name: 'a', kind: 'histogram', unit: '', help: '' } as const;
  const states = partitionsOf([{ partition: 0, entity: 'e', metric: histogram, labels: {} }]);
  const lines = (format: Format) => pageOf(states, format).match(/^a_.*/gm);
  expect(lines('text')).toEqual([
    'a_bucket{le="-1"} 1',
    'a_bucket{le="0.5"} 2',
    'a_bucket{le="10"} 3',
    'a_bucket{le="1e+21"} 4',
    'a_bucket{le="+Inf"} 5',
    'a_sum 1',
    'a_count 5',
  ]);
  expect(lines('openmetrics')?.slice(0, 3)).toEqual([
    'a_bucket{le="-1.0"} 1',
    'a_bucket{le="0.5"} 2',
    'a_bucket{le="10.0"} 3',
  ]);
});

test('an exponential histogram has no bound that is no number, however far its values reach', () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  producer.define(0, sampleSlice([{ name: 'a', kind: 'exponential' }], [[0, []]]));
  for (const offset of [-2_000_000_000, -1_100, 1_020, 2_000_000_000]) {
    const value = { scale: 0, zeroCount: 1, sum: 1, offset, counts: [1, 1, 1, 1, 1] };
    producer.data(1, { known: 1, indexes: [], values: [], exponentials: [[0, value]] });
    expect(pageProblems(pageOf([state], 'text'), 'text')).toEqual([]);
    expect(pageOf([state], 'text')).toContain('a_bucket{le="+Inf"} 6\n');
  }
});

test('slices stay short for histograms too', () => {
  const state = new PartitionState(limits);
  const producer = new SampleProducer(state);
  const many = Array.from({ length: 200 }, (_, nth) => nth);
  const metric = { name: 'a', kind: 'histogram', labelNames: ['x'], bounds: many } as const;
  const series = Array.from({ length: 30 }, (_, nth) => [0, [`${nth}`.padEnd(200)]] as const);
  producer.define(0, sampleSlice([metric], series));
  producer.data(1, { known: 30, values: series.flatMap(() => [...many, 0, 0]) });
  const slices = [...exposition([state], { format: 'text', expiryMs: 1_000, nowMs: sampleStartMs })];
  expect(Math.max(...slices.map(({ length }) => length))).toBeLessThan(300_000);
  expect(slices.length).toBeGreaterThan(5);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool) console.warn('SKIPPED: no promtool here to check pages with. Get it: apt-get install prometheus.');

test.skipIf(!hasPromtool)('promtool has nothing to say of a page with every kind', () => {
  const metric = (name: string, kind: MetricDefinition['kind'], unit: string) => ({
    name,
    kind,
    unit,
    help: 'Help "\\\n".',
  });
  const labels = { target: 'e1', x: 'say "no"\n\\' };
  const states = partitionsOf([
    { partition: 0, entity: 'e1', metric: metric('omninode_wait_seconds', 'gauge', 'seconds'), labels },
    {
      partition: 1,
      entity: 'e2',
      metric: metric('omninode_wait_seconds', 'gauge', 'seconds'),
      labels: { target: 'e2' },
    },
    { partition: 0, entity: 'e1', metric: metric('omninode_calls_total', 'counter', 'events'), labels },
    { partition: 0, entity: 'e1', metric: metric('omninode_run_seconds', 'histogram', 'seconds'), labels },
    { partition: 0, entity: 'e1', metric: metric('omninode_size_bytes', 'exponential', 'bytes'), labels },
  ]);
  expect(promtool(pageOf(states, 'text'))).toBe('');
  expect(promtool('a_total{x="1"} 1\n# TYPE a_total counter\n')).not.toBe('');
});

/** What promtool says of a page; empty when it is content. */
function promtool(page: string): string {
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  return stdout + stderr;
}

function pageOf(states: readonly PartitionState[], format: Format): string {
  return withoutInstance(
    Buffer.concat([...exposition(states, { format, expiryMs: 1_000, nowMs: sampleStartMs })]).toString(),
  );
}

/** Three partitions in which each series has a value, and counters and histograms a start. */
function partitionsOf(definitions: readonly Defined[]): PartitionState[] {
  const states = [0, 1, 2].map(() => new PartitionState(limits));
  for (const { partition, entity, metric, labels } of definitions) {
    const shape = { ...metric, labelNames: Object.keys(labels), bounds: metric.kind === 'histogram' ? bounds : [] };
    const producer = new SampleProducer(states[partition]!, { producer: `p/${entity}`, entity });
    const slots = { gauge: [7], counter: [7], histogram: [1, 1, 1, 1, 1, 1], exponential: [] }[metric.kind];
    const value = { scale: 2, zeroCount: 1, sum: 9, offset: -3, counts: [1, 2, 3, 4, 5, 6] };
    // In rows, so that each definition stands alone.
    producer.send(0, {
      encoding: 'rows',
      sequence: null,
      incarnation: null,
      dictionary: sampleSlice([shape], [[0, Object.values(labels)]]),
      data: sampleColumns({
        known: 1,
        values: slots,
        starts: metric.kind === 'gauge' ? [] : [[0, sampleStartMs - 1_500]],
        exponentials: metric.kind === 'exponential' ? [[0, value]] : [],
      }),
    });
  }
  return states;
}
