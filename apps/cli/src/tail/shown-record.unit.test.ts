import { describe, expect, test } from 'vitest';
import { columns, dictionary, open, rows, sent, sentMs } from '../testing/sent-records.js';
import { asJson } from './as-json.js';
import { asLines } from './as-lines.js';
import { Dictionaries } from './dictionaries.js';
import { onlyWanted, showRecord, type TopicRecord } from './shown-record.js';

const show = (...records: readonly TopicRecord[]) => {
  const dictionaries = new Dictionaries();
  return records.map((record) => showRecord(record, dictionaries));
};
const jsonOf = (...records: readonly TopicRecord[]) =>
  JSON.parse(asJson(show(...records).at(-1)!)) as Record<string, unknown>;
const linesOf = (...records: readonly TopicRecord[]) => asLines(show(...records).at(-1)!).split('\n');

const data = {
  k: 'data',
  d: 5,
  x: [3, 12, 4, 5, 6, 99.5, 8],
  dt: [0, 0, 0, 0, -40],
  r: [[1, sentMs - 1_000]],
  h: [[3, 3, 1, 2.5, -4, [2, 3]]],
};

describe('columns', () => {
  test('are told with the names of the dictionary that came before', () => {
    expect(jsonOf(columns(dictionary), columns(data))).toEqual({
      time: '2026-11-24T12:00:00.000Z',
      partition: 3,
      offset: 41,
      entity: 'shop',
      producer: 'shop/1',
      incarnation: 7,
      sequence: 1,
      encoding: 'columns',
      points: [
        { name: 'omninode_shop_open_orders', kind: 'gauge', labels: { city: 'Bern' }, value: 3 },
        {
          name: 'omninode_shop_orders_total',
          kind: 'counter',
          unit: 'orders',
          labels: {},
          value: 12,
          start: '2026-11-24T11:59:59.000Z',
        },
        {
          name: 'omninode_shop_price_euros',
          kind: 'histogram',
          labels: {},
          histogram: { bounds: [1, 10], counts: [4, 5, 6], sum: 99.5 },
        },
        {
          name: 'omninode_shop_open_orders',
          kind: 'gauge',
          labels: { city: 'Zug' },
          value: 8,
          time: '2026-11-24T11:59:59.960Z',
        },
        {
          name: 'omninode_request_duration_seconds',
          kind: 'exponential',
          unit: 'seconds',
          labels: {},
          exponential: { scale: 3, zeroCount: 1, sum: 2.5, offset: -4, counts: [2, 3] },
        },
      ],
    });
    expect(linesOf(columns(dictionary), columns(data))).toEqual([
      '2026-11-24T12:00:00.000Z shop  omninode_shop_open_orders{city="Bern"} 3  (shop/1)',
      '2026-11-24T12:00:00.000Z shop  omninode_shop_orders_total 12  (shop/1)',
      '2026-11-24T12:00:00.000Z shop  omninode_shop_price_euros count 15, sum 99.5  (shop/1)',
      '2026-11-24T12:00:00.000Z shop  omninode_shop_open_orders{city="Zug"} 8  (shop/1)',
      '2026-11-24T12:00:00.000Z shop  omninode_request_duration_seconds count 6, sum 2.5  (shop/1)',
    ]);
  });

  test('whose dictionary nobody saw are counted, not guessed', () => {
    expect(jsonOf(columns(data))).toMatchObject({ unknown_series: 6 });
    expect(jsonOf(columns(data))).not.toHaveProperty('points');
    const late = { ...dictionary, from: 2, s: [[0, []]], m: [dictionary.m[2]] };
    expect(
      jsonOf(columns(late), columns({ ...data, i: [2, 1, 0], x: [1, 2, 3, 4, 5, 6], dt: undefined })),
    ).toMatchObject({
      points: [{ name: 'omninode_shop_price_euros', histogram: { counts: [1, 2, 3], sum: 4 } }],
      unknown_series: 3,
    });
  });

  test('of another start of the producer are not told with the names of the one before', () => {
    expect(jsonOf(columns(dictionary, 7), columns(data, 8))).toMatchObject({ unknown_series: 6 });
    // The one before may still have something on the way, whose names are forgotten by then.
    expect(jsonOf(columns(dictionary, 8), columns(data, 7))).toMatchObject({ unknown_series: 6 });
  });

  test('that define, tell or end say so', () => {
    expect(linesOf(columns(dictionary))[0]).toContain('defines 5 series');
    expect(linesOf(columns({ k: 'close', dropped: 2 }))[0]).toContain('ends; it had to drop 2 records');
    const event = { name: 'breaker.opened', t: sentMs, attributes: { breaker: 'pay\u001B[31m\u2028' } };
    expect(linesOf(columns({ k: 'event', ev: [event] }))).toEqual([
      String.raw`2026-11-24T12:00:00.000Z shop  event breaker.opened {"breaker":"pay\u001b[31m\u2028"}  (shop/1)`,
    ]);
  });
});

describe('rows', () => {
  test('bring their own names, and what is wrong in them is told', () => {
    const record = sent(rows([open(3, { city: 'Bern' }), open('4')]));
    expect(jsonOf(record)).toMatchObject({
      encoding: 'rows',
      points: [{ name: 'omninode_shop_open_orders', labels: { city: 'Bern' }, value: 3 }],
      rejected: [{ code: 'invalid_value', path: 'points[1]' }],
    });
    expect(linesOf(record)).toHaveLength(2);
    expect(linesOf(sent(rows([])))[0]).toContain('says nothing');
  });

  test('do not teach anything about columns', () => {
    expect(jsonOf(sent(rows([open(3)], { incarnation: 7, seq: 1 })), columns(data))).toMatchObject({
      unknown_series: 6,
    });
  });
});

test.each([
  [sent('{"v":1'), 'invalid_json'],
  [sent(null), 'empty_record'],
  [sent(rows([open(1)]), 'text/csv'), 'unsupported_content_type'],
  [sent(rows([open(1)]), undefined, 'other'), 'key_mismatch'],
  [columns({ k: 'trace' }), 'unknown_kind'],
])('what can not be read is told with the reason, number %#', (record, code) => {
  expect(jsonOf(record)).toMatchObject({ partition: 3, offset: 41, refused: { code } });
  expect(linesOf(record)[0]).toContain(`refused: ${code}`);
});

test.each([
  [{}, ['omninode_shop_open_orders', 'omninode_shop_orders_total']],
  [{ entity: 'shop' }, ['omninode_shop_open_orders', 'omninode_shop_orders_total']],
  [{ entity: 'sho' }, undefined],
  [{ metric: 'omninode_shop_orders_total' }, ['omninode_shop_orders_total']],
  [{ metric: 'omninode_shop_*' }, ['omninode_shop_open_orders', 'omninode_shop_orders_total']],
  [{ metric: 'omninode_shop' }, undefined],
  [{ metric: 'omninode_shop_o*', entity: 'other' }, undefined],
])('of what is wanted, %j, nothing else is shown', (wanted, names) => {
  const [record] = show(
    sent(rows([open(1), { name: 'omninode_shop_orders_total', kind: 'counter', labels: {}, value: 2 }])),
  );
  const shown = onlyWanted(record!, wanted);
  expect(shown && 'points' in shown ? shown.points.map(({ series }) => series.metric.name) : undefined).toEqual(names);
});

test('what can not be read is shown unless a metric is wanted', () => {
  const [record] = show(sent('{'));
  expect(onlyWanted(record!, { entity: 'shop' })).toBe(record);
  expect(onlyWanted(record!, { metric: '*' })).toBeUndefined();
});
