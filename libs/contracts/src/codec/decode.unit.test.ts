import { expect, test } from 'vitest';
import { contentTypes } from '../measurement.js';
import type { DecodedRecord } from '../measurement.js';
import { decodeRecord } from './decode.js';
import { encodeClose, encodeData, encodeDictionary, encodeEvents } from './encode.js';

const timeMs = Date.UTC(2025, 10, 24);
const head = { producer: 'database/orders-db', entity: 'orders-db', incarnation: 42, sequence: 7, timeMs };
const empty = { ...head, dictionary: null, data: null, events: [], close: null, encoding: 'columns', rejected: [] };

test('a dictionary comes back as it was written', () => {
  const dictionary = {
    from: 3,
    metrics: [
      {
        name: 'omninode_active_connections',
        kind: 'gauge',
        unit: 'connections',
        help: 'In use.',
        labelNames: ['pool'],
        bounds: [],
      },
      {
        name: 'omninode_request_duration_seconds',
        kind: 'histogram',
        unit: 'seconds',
        help: '',
        labelNames: [],
        bounds: [0.1, 1],
      },
    ],
    series: [
      [0, ['server']],
      [1, []],
      [0, ['app']],
    ],
  } as const;
  expect(columns(encodeDictionary(head, dictionary))).toEqual({ ...empty, dictionary });
});

test('data comes back as it was written, with every optional column', () => {
  const data = {
    known: 9,
    indexes: [3, 0, 8],
    values: [1.5, -2, 0],
    timeOffsetsMs: [0, -40, 12],
    starts: [[3, timeMs - 1000]],
    exponentials: [[8, { scale: 3, zeroCount: 1, sum: 12.5, offset: -4, counts: [0, 2, 1] }]],
  } as const;
  expect(columns(encodeData(head, data))).toEqual({ ...empty, data });
});

test('data without optional columns means all series in order at the time of the record', () => {
  const data = { known: 2, indexes: null, values: [1, 2], timeOffsetsMs: null, starts: [], exponentials: [] };
  const encoded = encodeData(head, data);
  expect(JSON.parse(encoded.toString())).toEqual({
    v: 1,
    k: 'data',
    p: head.producer,
    e: 'orders-db',
    n: 42,
    q: 7,
    t: timeMs,
    d: 2,
    x: [1, 2],
  });
  expect(columns(encoded)).toEqual({ ...empty, data });
});

test('events and a close come back as they were written', () => {
  const events = [
    { name: 'database.statement_ranking', timeMs, attributes: { statements: [{ queryid: '42', calls: 3 }] } },
  ];
  expect(columns(encodeEvents(head, events))).toEqual({ ...empty, events });
  expect(columns(encodeClose(head, 3))).toEqual({ ...empty, close: { dropped: 3 } });
});

test('a value that is no number stays in its slot as NaN and is listed; the others stand', () => {
  const record = columns(text({ ...wire, x: [1, null, 3] }));
  expect(record.data?.values).toEqual([1, NaN, 3]);
  expect(record.rejected).toEqual([{ code: 'invalid_value', path: 'x[1]' }]);
});

test('rows become columns with a dictionary of their own', () => {
  const record = rows({
    points: [
      { name: 'orders_total', kind: 'counter', labels: { region: 'eu', kind: 'web' }, value: 3, start: timeMs - 5 },
      { name: 'orders_total', kind: 'counter', labels: { kind: 'web', region: 'us' }, value: 4 },
      {
        name: 'latency_seconds',
        kind: 'histogram',
        unit: 'seconds',
        help: 'H.',
        labels: {},
        histogram: { bounds: [1], counts: [2, 1], sum: 2.5 },
        time: timeMs - 9,
      },
      { name: 'orders_total', kind: 'counter', labels: { region: 'eu', kind: 'web' }, value: 5, time: timeMs + 1 },
    ],
  });
  expect(record).toMatchObject({ incarnation: null, sequence: null, encoding: 'rows', rejected: [] });
  expect(record.dictionary).toEqual({
    from: 0,
    metrics: [
      { name: 'orders_total', kind: 'counter', unit: '', help: '', labelNames: ['kind', 'region'], bounds: [] },
      { name: 'latency_seconds', kind: 'histogram', unit: 'seconds', help: 'H.', labelNames: [], bounds: [1] },
    ],
    series: [
      [0, ['web', 'eu']],
      [0, ['web', 'us']],
      [1, []],
    ],
  });
  expect(record.data).toEqual({
    known: 3,
    indexes: [0, 1, 2, 0],
    values: [3, 4, 2, 1, 2.5, 5],
    timeOffsetsMs: [0, 0, -9, 1],
    starts: [[0, timeMs - 5]],
    exponentials: [],
  });
});

test.each([
  ['invalid_metric', { name: '9lives', kind: 'gauge', labels: {}, value: 1 }],
  ['invalid_metric', { name: '__reserved', kind: 'gauge', labels: {}, value: 1 }],
  ['invalid_metric', { name: 'a', kind: 'exponential', labels: {}, value: 1 }],
  ['invalid_metric', { name: 'a', kind: 'gauge', labels: {}, value: 1, help: 'h'.repeat(2000) }],
  ['invalid_label', { name: 'a', kind: 'gauge', value: 1 }],
  ['invalid_label', { name: 'a', kind: 'gauge', labels: { instance: 'x' }, value: 1 }],
  ['invalid_label', { name: 'a', kind: 'gauge', labels: { port: 5432 }, value: 1 }],
  ['invalid_value', { name: 'a', kind: 'gauge', labels: {}, value: '1' }],
  ['invalid_value', { name: 'a', kind: 'counter', labels: {}, value: -1 }],
  ['invalid_time', { name: 'a', kind: 'gauge', labels: {}, value: 1, time: 1_700_000_000 }],
  [
    'invalid_bounds',
    { name: 'a', kind: 'histogram', labels: {}, histogram: { bounds: [2, 1], counts: [0, 0, 0], sum: 0 } },
  ],
  [
    'length_mismatch',
    { name: 'a', kind: 'histogram', labels: {}, histogram: { bounds: [1, 2], counts: [0, 0], sum: 0 } },
  ],
  ['duplicate_series', { name: 'good', kind: 'gauge', labels: {}, value: 2 }],
])('a bad point in rows is left out and listed: %s %j', (code, bad) => {
  const record = rows({ points: [{ name: 'good', kind: 'gauge', labels: {}, value: 1 }, bad] });
  expect(record.rejected).toEqual([{ code, path: 'points[1]' }]);
  expect(record.data?.values).toEqual([1]);
});

const wire = { v: 1, k: 'data', p: head.producer, e: 'orders-db', n: 42, q: 7, t: timeMs, d: 3, x: [1, 2, 3] };
const dict = { ...wire, k: 'dict', from: 0, m: [['a', 'gauge', '', '', ['b']]], s: [[0, ['c']]] };

test.each([
  ['unsupported_version', { ...wire, v: 2 }],
  ['invalid_field', { ...wire, k: 7 }],
  ['invalid_identity', { ...wire, p: '' }],
  ['invalid_identity', { ...wire, e: 'a\nb' }],
  ['invalid_identity', { ...wire, n: -1 }],
  ['invalid_identity', { ...wire, q: 0 }],
  ['invalid_time', { ...wire, t: timeMs / 1000 }],
  ['key_mismatch', { ...wire, e: 'other' }],
  ['invalid_field', { ...wire, d: -1 }],
  ['invalid_field', { ...wire, d: 1e12 }],
  ['invalid_field', { ...wire, x: { length: 3 } }],
  ['invalid_index', { ...wire, i: [0, 1, 3] }],
  ['invalid_index', { ...wire, i: [0, 1, -1] }],
  ['invalid_index', { ...wire, i: [0, 1.5, 2] }],
  ['invalid_index', { ...wire, i: [0, '1', 2] }],
  ['length_mismatch', { ...wire, dt: [0] }],
  ['invalid_time', { ...wire, dt: [0, 0.5, 0] }],
  ['invalid_index', { ...wire, r: [[3, timeMs]] }],
  ['invalid_time', { ...wire, r: [[0, 0]] }],
  ['invalid_index', { ...wire, h: [[3, 0, 0, 0, 0, []]] }],
  ['invalid_metric', { ...dict, m: [['a', 'summary', '', '', ['b']]] }],
  ['invalid_label', { ...dict, m: [['a', 'gauge', '', '', ['b', 'b']]] }],
  ['invalid_bounds', { ...dict, m: [['a', 'gauge', '', '', ['b'], [1]]] }],
  ['invalid_label', { ...dict, s: [[0, []]] }],
  ['invalid_label', { ...dict, s: [[0, ['\ud800']]] }],
  ['invalid_index', { ...dict, s: [[1, ['c']]] }],
  [
    'duplicate_series',
    {
      ...dict,
      s: [
        [0, ['c']],
        [0, ['c']],
      ],
    },
  ],
  ['dictionary_too_large', { ...dict, from: 1_000_000 }],
  ['dictionary_too_large', { ...dict, padding: 'x'.repeat(262_144) }],
  ['invalid_field', { ...wire, k: 'close' }],
  ['too_many_rejected', { ...wire, x: Array.from({ length: 1001 }, () => null) }],
])('a bad record in columns is refused: %s %o', (code, body) => {
  expect(decodeRecord(text(body), contentTypes.columns, 'orders-db')).toMatchObject({ ok: false, skip: false, code });
});

test('what is no record at all is refused with its own code', () => {
  expect(codeOf(null)).toBe('empty_record');
  expect(codeOf(Buffer.from('{"v":1'))).toBe('invalid_json');
  expect(codeOf(Buffer.from('[]'))).toBe('invalid_field');
  expect(codeOf(Buffer.from([0x7b, 0xff, 0x7d]))).toBe('invalid_utf8');
  expect(codeOf(Buffer.alloc(1_048_577, 32))).toBe('record_too_large');
  expect(codeOf(text(wire), 'text/plain')).toBe('unsupported_content_type');
  expect(codeOf(text(wire), 'application/vnd.omninode.columns+json; v=2')).toBe('unsupported_version');
  expect(codeOf(text(wire), 'application/vnd.omninode.columns+json;V=1')).toBeUndefined();
});

test('a kind of a later version is skipped, not refused', () => {
  expect(decodeRecord(text({ ...wire, k: 'exemplar' }), contentTypes.columns, 'orders-db')).toEqual({
    ok: false,
    skip: true,
    kind: 'exemplar',
  });
});

test('an event that is not of its form is left out and listed', () => {
  const good = { name: 'breaker.opened', t: timeMs, attributes: {} };
  let deep: unknown = 1;
  for (let level = 0; level < 9; level++) deep = { deep };
  const bad = [
    { ...good, name: 'Opened' },
    { ...good, t: 0 },
    { ...good, attributes: [] },
    { ...good, attributes: deep },
  ];
  const record = columns(
    text({ ...wire, k: 'event', ev: [good, ...bad, { ...good, attributes: JSON.parse('{"__proto__":1}') }] }),
  );
  expect(record.events).toHaveLength(1);
  expect(record.rejected.map(({ path }) => path)).toEqual(['ev[1]', 'ev[2]', 'ev[3]', 'ev[4]', 'ev[5]']);
});

function codeOf(value: Buffer | null, type: string = contentTypes.columns): string | undefined {
  const result = decodeRecord(value, type, 'orders-db');
  return result.ok || result.skip ? undefined : result.code;
}

function text(body: object): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function columns(value: Buffer): DecodedRecord {
  return decoded(value, contentTypes.columns);
}

function rows(body: object): DecodedRecord {
  return decoded(text({ v: 1, producer: head.producer, entity: 'orders-db', time: timeMs, ...body }), undefined);
}

function decoded(value: Buffer, contentType: string | undefined): DecodedRecord {
  const result = decodeRecord(value, contentType, 'orders-db');
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.record;
}
