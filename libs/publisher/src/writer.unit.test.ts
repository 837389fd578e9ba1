import { counter, decodeRecord, contentTypes, exponential, gauge, histogram, limits } from '@omninode/contracts';
import type { DecodedRecord } from '@omninode/contracts';
import { beforeEach, describe, expect, test } from 'vitest';
import { newCounts } from './counts.js';
import { StreamReader } from './fault-injection/stream-reader.js';
import { newProducer, valueOf } from './outgoing.js';
import type { OutgoingRecord } from './outgoing.js';
import { SeriesTable } from './series-table.js';
import { Writer } from './writer.js';

const startMs = Date.UTC(2026, 0);
const used = gauge('connections', 'In use.', ['pool']);
const queries = counter('queries', 'Run so far.');
const duration = histogram('seconds', 'How long.', [0.1, 1], ['operation']);
const size = exponential('bytes', 'How large.');

let nowMs: number;
let sent: OutgoingRecord[];
let counts: ReturnType<typeof newCounts>;
let writer: Writer;

beforeEach(() => {
  nowMs = startMs;
  sent = [];
  counts = newCounts();
  writer = newWriter();
});

function newWriter(options: { maxSeries?: number; maxRecordBytes?: number } = {}): Writer {
  const table = new SeriesTable({ target: 'orders-db' }, options.maxSeries ?? 100);
  const producer = newProducer('database/orders-db', 'orders-db', 7);
  const settings = {
    maxRecordBytes: options.maxRecordBytes ?? 512 * 1024,
    dictionaryIntervalMs: 60_000,
    now: () => nowMs,
  };
  return new Writer(producer, table, (record) => sent.push(record), counts, settings);
}

function decoded(): DecodedRecord[] {
  return sent.map((record) => {
    const result = decodeRecord(valueOf(record), contentTypes.columns, 'orders-db');
    if (!result.ok) throw new Error(JSON.stringify(result));
    return result.record;
  });
}

function readBack(): StreamReader {
  const headers = { 'content-type': contentTypes.columns };
  return new StreamReader().readAll(
    sent.map((record) => ({ topic: 'measurement', key: 'orders-db', value: valueOf(record), headers })),
  );
}

describe('a pass', () => {
  test('reads back as it was written, after its dictionary', () => {
    writer.point(writer.series('omninode_used', used, ['a']), 3);
    writer.histogram(writer.series('omninode_duration_seconds', duration, ['read']), [1, 2, 3], 4.5);
    writer.exponential(writer.series('omninode_size_bytes', size, []), {
      scale: 3,
      zeroCount: 1,
      sum: 9,
      offset: -2,
      counts: [1, 0, 4],
    });
    const total = writer.series('omninode_queries_total', queries, []);
    writer.point(total, 12);
    writer.startedAt(total, startMs - 5_000);
    writer.publish(startMs);

    expect(sent.map(({ kind, sequence, points }) => [kind, sequence, points])).toEqual([
      ['dict', 1, 0],
      ['data', 2, 4],
    ]);
    const stream = readBack();
    expect(stream.problems).toEqual([]);
    expect(Object.fromEntries(stream.values)).toEqual({
      'omninode_used{target=orders-db,pool=a}': [[startMs, [3]]],
      'omninode_duration_seconds{target=orders-db,operation=read}': [[startMs, [1, 2, 3, 4.5]]],
      'omninode_queries_total{target=orders-db}': [[startMs, [12]]],
    });
    expect(stream.exponentials.get('omninode_size_bytes{target=orders-db}')).toEqual([[startMs, 9]]);
    expect(stream.starts.get('omninode_queries_total{target=orders-db}')).toBe(startMs - 5_000);
  });

  test('leaves the indexes out when every known series is there in order, and only then', () => {
    const [a, b] = [writer.series('omninode_used', used, ['a']), writer.series('omninode_used', used, ['b'])];
    const write = (...series: number[]) => {
      for (const one of series) writer.point(one, 1);
      writer.publish(startMs);
      return decoded().at(-1)!.data!.indexes;
    };
    expect(write(a, b)).toBeNull();
    expect(write(b, a)).toEqual([b, a]);
    expect(write(b)).toEqual([b]);
    expect(write(a, b)).toBeNull();
    expect(write(a, a)).toEqual([a, a]);
  });

  test('without anything written sends nothing', () => {
    writer.publish(startMs);
    expect(sent).toEqual([]);
  });

  test('that is too large becomes several records that together read the same', () => {
    writer = newWriter({ maxSeries: 2_000, maxRecordBytes: 2_000 });
    const names = Array.from({ length: 1_000 }, (_, nth) => `pool-${nth}`);
    names.forEach((name, nth) => {
      const series = writer.series('omninode_used', used, [name]);
      writer.point(series, nth);
      writer.startedAt(series, startMs - nth);
    });
    const operation = writer.series('omninode_duration_seconds', duration, ['read']);
    writer.histogram(operation, [1, 2, 3], 4);
    writer.publish(startMs);

    const stream = readBack();
    expect(stream.problems).toEqual([]);
    expect(stream.sequences.get('database/orders-db@7')).toEqual(sent.map((_, nth) => nth + 1));
    names.forEach((name, nth) => {
      expect(stream.values.get(`omninode_used{target=orders-db,pool=${name}}`)).toEqual([[startMs, [nth]]]);
      expect(stream.starts.get(`omninode_used{target=orders-db,pool=${name}}`)).toBe(startMs - nth);
    });
    expect(stream.values.get('omninode_duration_seconds{target=orders-db,operation=read}')).toEqual([
      [startMs, [1, 2, 3, 4]],
    ]);
    const dataRecords = sent.filter(({ kind }) => kind === 'data');
    expect(dataRecords.length).toBeGreaterThan(10);
    expect(Math.max(...dataRecords.map(({ value }) => value.length))).toBeLessThanOrEqual(2_000);
  });
});

describe('the dictionary', () => {
  test('grows by what is new, and is sent whole again after its interval, with all starts', () => {
    const a = writer.series('omninode_used', used, ['a']);
    const pass = () => {
      sent = [];
      writer.point(a, 1);
      writer.publish(nowMs);
      return decoded();
    };
    writer.startedAt(a, startMs);
    expect(pass().map(({ dictionary }) => dictionary?.series.length)).toEqual([1, undefined]);
    nowMs += 59_999;
    expect(pass().map(({ dictionary }) => dictionary)).toEqual([null]);
    expect(decoded()[0]!.data!.starts).toEqual([]);

    writer.point(writer.series('omninode_used', used, ['b']), 1);
    expect(pass().map(({ dictionary }) => dictionary && [dictionary.from, dictionary.series.length])).toEqual([
      [1, 1],
      null,
    ]);

    nowMs = startMs + 60_000;
    expect(pass().map(({ dictionary }) => dictionary && [dictionary.from, dictionary.series.length])).toEqual([
      [0, 2],
      null,
    ]);
    expect(decoded()[1]!.data!.starts).toEqual([[a, startMs]]);
  });

  test('is cut into slices that readers take, also when escapes make them larger than their texts', () => {
    writer = newWriter({ maxSeries: 5_000 });
    for (let nth = 0; nth < 4_000; nth++)
      writer.point(writer.series('omninode_used', used, [`${nth}${'\u0001'.repeat(50)}`]), nth);
    writer.publish(startMs);
    const dictionaries = sent.filter(({ kind }) => kind === 'dict');
    expect(Math.max(...dictionaries.map(({ value }) => value.length))).toBeLessThanOrEqual(limits.dictionaryBytes);
    expect(readBack().problems).toEqual([]);
    expect(readBack().values.size).toBe(4_000);
  });

  test('is not sent again while a copy waits in memory, and is sent at once when one was lost', () => {
    const a = writer.series('omninode_used', used, ['a']);
    const kinds = () => {
      sent = [];
      writer.point(a, 1);
      writer.publish(nowMs);
      return sent.map(({ kind }) => kind);
    };
    kinds();
    const { producer } = sent[0]!;
    producer.dictionariesWaiting = 1;
    nowMs += 120_000;
    expect(kinds()).toEqual(['data']);
    producer.dictionaryLost = true;
    expect(kinds()).toEqual(['dict', 'data']);
    expect(kinds()).toEqual(['data']);
  });

  test('can be made again from its records, byte by byte', () => {
    for (const pool of ['a', 'b']) {
      writer.point(writer.series('omninode_used', used, [pool]), 1);
      writer.publish(nowMs);
      nowMs += 1_000;
    }
    const data = sent.at(-1)!;
    const dictionaries = sent.filter(({ kind }) => kind === 'dict');
    expect(data.dictionary.map((record) => record.encode())).toEqual(dictionaries.map(({ value }) => value));
    expect(data.dictionary.every(({ sequence }) => sequence < data.sequence)).toBe(true);
  });
});

describe('what readers would refuse is refused here and counted', () => {
  test('series over the cap, while those known go on', () => {
    writer = newWriter({ maxSeries: 1 });
    expect(writer.series('omninode_used', used, ['a'])).toBe(0);
    expect(writer.series('omninode_used', used, ['b'])).toBe(-1);
    expect(writer.series('omninode_used', used, ['a'])).toBe(0);
    writer.point(-1, 5);
    expect([counts.refusedSeries, counts.ignoredPoints]).toEqual([1, 1]);
  });

  test('values', () => {
    const gaugeSeries = writer.series('omninode_used', used, ['a']);
    const histogramSeries = writer.series('omninode_duration_seconds', duration, ['read']);
    const exponentialSeries = writer.series('omninode_size_bytes', size, []);
    const value = { scale: 3, zeroCount: 0, sum: 1, offset: 0, counts: [1] };
    writer.point(gaugeSeries, NaN);
    writer.point(gaugeSeries, Infinity);
    writer.point(histogramSeries, 1);
    writer.point(exponentialSeries, 1);
    writer.point(99, 1);
    writer.point(0.5, 1);
    writer.histogram(gaugeSeries, [], 1);
    writer.histogram(histogramSeries, [1, 2], 1);
    writer.histogram(histogramSeries, [1, NaN, 2], 1);
    writer.exponential(gaugeSeries, value);
    writer.exponential(exponentialSeries, { ...value, sum: NaN });
    writer.startedAt(gaugeSeries, NaN);
    writer.startedAt(gaugeSeries, 1_700_000_000);
    expect(counts.ignoredPoints).toBe(13);
    writer.publish(startMs);
    expect(sent).toEqual([]);
  });

  test('a time that is no time becomes the time of writing', () => {
    writer.point(writer.series('omninode_used', used, ['a']), 1);
    writer.publish(NaN);
    expect(decoded().at(-1)!.timeMs).toBe(startMs);
  });
});

function event(name: string, attributes: Record<string, unknown> = {}) {
  return { name, timeMs: startMs, attributes };
}

describe('events', () => {
  test('go in a record of their own, after the values', () => {
    writer.event(event('database.slow_operation', { seconds: 3 }));
    writer.point(writer.series('omninode_used', used, ['a']), 1);
    writer.publish(startMs);
    expect(sent.map(({ kind }) => kind)).toEqual(['dict', 'data', 'event']);
    expect(decoded()[2]!.events).toEqual([event('database.slow_operation', { seconds: 3 })]);
  });

  test('that JSON can not hold are left out and counted, the others arrive', () => {
    for (let nth = 0; nth < 9; nth++) writer.event(event(`test.nth_${nth}`, nth === 4 ? { big: 1n } : {}));
    writer.publish(startMs);
    expect(readBack().events.map(({ name }) => name)).toEqual([0, 1, 2, 3, 5, 6, 7, 8].map((nth) => `test.nth_${nth}`));
    expect(counts.ignoredEvents).toBe(1);
    expect(readBack().sequences.get('database/orders-db@7')).toEqual(sent.map((_, nth) => nth + 1));
  });
});

test('close publishes what was written, ends the producer and reports what was dropped by then', () => {
  const series = writer.series('omninode_used', used, ['a']);
  writer.point(series, 1);
  writer.close(startMs);
  expect(sent.map(({ kind }) => kind)).toEqual(['dict', 'data', 'close']);
  sent[0]!.producer.dropped = 5;
  expect(decoded()[2]!.close).toEqual({ dropped: 5 });

  writer.point(series, 1);
  writer.event({ name: 'test.late', timeMs: startMs, attributes: {} });
  writer.publish(startMs);
  writer.close(startMs);
  expect(sent).toHaveLength(3);
  expect([counts.ignoredPoints, counts.ignoredEvents]).toEqual([1, 1]);
});
