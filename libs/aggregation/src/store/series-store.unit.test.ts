import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleMetric } from '../state/sample-records.js';
import { identityOf } from './identity.js';
import { SeriesStore } from './series-store.js';

const limits = { series: 100, seriesPerEntity: 100 };
const latency = sampleMetric({ name: 'latency_seconds', kind: 'histogram', labelNames: ['op'], bounds: [0.1, 1] });

test('two series have one identity only if they have the same labels, whatever characters these hold', () => {
  const labels = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.string({ unit: fc.constantFrom('a', '|', '=', ':', '1', '"') }),
  );
  fc.assert(
    fc.property(labels, labels, (one, other) => {
      const same = JSON.stringify(meant(one)) === JSON.stringify(meant(other));
      expect(identity(one) === identity(other)).toBe(same);
    }),
    { numRuns: 20_000 },
  );
});

test('labels whose texts look like other labels are kept apart', () => {
  expect(identityOf('x', ['a', 'b'], ['1|b=1:2', ''])).not.toBe(identityOf('x', ['a', 'b'], ['1', '2']));
  expect(identityOf('x', ['a', 'b'], ['1|b=2', ''])).not.toBe(identityOf('x', ['a', 'b'], ['1', '2']));
});

test('the order of labels is no difference, and an empty value is no label', () => {
  expect(identityOf('x', ['b', 'a'], ['1', '2'])).toBe(identityOf('x', ['a', 'b'], ['2', '1']));
  expect(identityOf('x', ['a'], [''])).toBe(identityOf('x', [], []));
});

test('an entity that changes the buckets of a histogram gets a new series: counts never land in other buckets', () => {
  const store = new SeriesStore(limits);
  const old = store.define('shop', latency, ['buy']);
  const renewed = store.define('shop', { ...latency, bounds: [0.5, 1] }, ['buy']);
  expect(renewed).not.toBe(old);
  expect(
    store
      .families()
      .get('latency_seconds')
      ?.map(({ numbers }) => numbers),
  ).toEqual([[renewed]]);
  expect(store.define('shop', { ...latency, bounds: [0.5, 1] }, ['buy'])).toBe(renewed);
});

test('another entity can not define the series of one anew', () => {
  const store = new SeriesStore(limits);
  store.define('shop', latency, ['buy']);
  expect(store.define('rogue', { ...latency, kind: 'gauge', bounds: [] }, ['buy'])).toBe(-1);
  expect(store.define('rogue', latency, ['buy'])).toBe(0);
});

test('histograms can not take more room than the series of the partition have', () => {
  const store = new SeriesStore({ series: 10, seriesPerEntity: 10 });
  const wide = sampleMetric({
    name: 'w',
    kind: 'histogram',
    bounds: Array.from({ length: 30 }, (_, nth) => nth),
    labelNames: ['a'],
  });
  expect([store.define('e', wide, ['1']), store.define('e', wide, ['2']), store.define('e', wide, ['3'])]).toEqual([
    0, 1, -1,
  ]);
});

test('equal definitions are kept once, however many slices brought them', () => {
  const store = new SeriesStore(limits);
  for (const op of ['a', 'b', 'c']) store.define('shop', { ...latency }, [op]);
  expect(new Set(store.series.map(({ metric }) => metric)).size).toBe(1);
});

test('only a series whose labels do not name its entity may stand in other partitions', () => {
  const store = new SeriesStore(limits);
  const target = store.define('orders-db', sampleMetric({ name: 'a', labelNames: ['target'] }), ['orders-db']);
  const service = store.define('shop', sampleMetric({ name: 'a', labelNames: ['service_name'] }), ['shop']);
  const other = store.define('shop', sampleMetric({ name: 'a', labelNames: ['target'] }), ['orders']);
  expect([target, service, other].map((number) => store.foreignIdentity(number) !== undefined)).toEqual([
    false,
    false,
    true,
  ]);
});

function identity(labels: Record<string, string>): string {
  return identityOf('x', Object.keys(labels), Object.values(labels));
}

function meant(labels: Record<string, string>): [string, string][] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
