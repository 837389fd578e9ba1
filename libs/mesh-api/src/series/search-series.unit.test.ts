import { PartitionState } from '@omninode/aggregation';
import { expect, test } from 'vitest';
import { SampleView, sampleNowMs } from '../testing/api-service.js';
import { searchSeries, type Searched } from './search-series.js';
import { seriesQuery, type SeriesQuery } from './series-routes.js';

test('a series with its labels, unit, latest value and age', () => {
  const [first] = search({ name: 'wait', entity: 'shop' }).series;
  expect(first).toEqual({
    name: 'omninode_wait_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'Help.',
    entity: 'shop',
    partition: 3,
    labels: { pool: 'p0' },
    value: 0,
    histogram: null,
    at: '2026-11-24T10:00:00.000Z',
    age_seconds: 30,
    expired: false,
  });
});

test('a series without a point has none, which is not 0, and one that nobody sends any more says so', () => {
  expect(search({ name: 'never' }).series).toMatchObject([{ value: null, at: null, age_seconds: null, expired: true }]);
  expect(search({ name: 'wait' }, { nowMs: sampleNowMs + 300_001 }).series[0]).toMatchObject({
    value: 0,
    expired: true,
  });
});

test.each<[Partial<SeriesQuery>, number]>([
  [{}, 7],
  [{ name: 'omninode_wait_seconds' }, 5],
  [{ label: 'pool=p1' }, 1],
  [{ label: ['pool=p1', 'pool=p2'] }, 0],
  [{ label: 'nothing=' }, 7],
  [{ label: 'pool=' }, 2],
  [{ entity: 'nobody' }, 0],
  [{ name: '__proto__' }, 0],
])('%j finds %i', (query, count) => expect(search(query).series).toHaveLength(count));

test('pages hold all series once, whatever their size', () => {
  for (const limit of [1, 2, 3, 7, 100]) {
    const found: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const page = search({ limit, ...(after && { after }) });
      expect(page.series.length).toBeLessThanOrEqual(limit);
      found.push(...page.series.map(({ name, labels }) => JSON.stringify([name, labels])));
      if (page.next === null) break;
      after = page.next;
    }
    expect([found.length, new Set(found).size]).toEqual([7, 7]);
  }
});

test('it says which partitions it searched, and who owns the others', () => {
  const view = sampleView();
  const summary = { ...view.summaries()[0]!, partition: 4, owner: 'aggregator/two' };
  expect(search({}, { summaries: [summary] }).covered).toEqual({
    partitions: [3],
    elsewhere: [{ partition: 4, owner: 'aggregator/two', as_of: '2026-11-24T10:00:00.000Z' }],
  });
});

test('one page looks at no more series than it may, and says where to go on', () => {
  const state = new PartitionState({ series: 150_000, seriesPerEntity: 150_000 });
  const metric = { name: 'a', kind: 'gauge', unit: '', help: '', labelNames: ['x'], bounds: [] } as const;
  for (let nth = 0; nth < 100_100; nth++) state.store.define('e', metric, [String(nth)]);
  const owned = [{ partition: 0, state }];
  const first = search({ label: 'x=100050' }, { owned });
  expect([first.series, first.next]).toEqual([[], '0.100000']);
  expect(search({ label: 'x=100050', after: '0.100000' }, { owned }).series).toHaveLength(1);
});

test.each(['limit=0', 'limit=1001', 'limit=-1', 'after=x', 'label=x'])('%s is refused', (pair) => {
  const [name, value] = pair.split('=', 2) as [string, string];
  expect(seriesQuery.safeParse({ [name]: value }).success).toBe(false);
});

function search(query: Partial<SeriesQuery>, more: Partial<Searched> = {}) {
  const state = sampleView().state;
  const moment = { summaries: [], expiryMs: 300_000, nowMs: sampleNowMs + 30_000 };
  return searchSeries({ owned: [{ partition: 3, state }], isNumbered: true, ...moment, ...more }, query);
}

function sampleView(): SampleView {
  const view = new SampleView();
  const gauge = {
    name: 'omninode_wait_seconds',
    kind: 'gauge',
    unit: 'seconds',
    help: 'Help.',
    labelNames: ['pool'],
    bounds: [],
  } as const;
  const metrics = [
    gauge,
    { ...gauge, name: 'omninode_run_seconds', labelNames: [] },
    { ...gauge, name: 'omninode_never_seconds', labelNames: [] },
  ];
  const pools = [0, 1, 2, 3, 4].map((nth) => [0, [`p${nth}`]] as const);
  view.take({
    entity: 'shop',
    producer: 'shop/1',
    dictionary: { from: 0, metrics, series: [...pools, [1, []], [2, []]] },
    data: {
      known: 7,
      indexes: [0, 1, 2, 3, 4, 5],
      values: [0, 1, 2, 3, 4, 5],
      timeOffsetsMs: null,
      starts: [],
      exponentials: [],
    },
  });
  return view;
}
