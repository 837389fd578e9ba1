import type { OperationRollup, RollupRecord } from '@omninode/contracts';
import { rollupKey } from '@omninode/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMs, hourMs } from '../keeper/hours.js';
import { wireOf } from '../keeper/rollup-of.js';
import { sketchOfSeconds, tenMs } from '../testing/sample-service.js';
import { componentPerformance } from './component-performance.js';
import { rankOperations } from './operation-statistics.js';
import { partsOfRequest } from './request-traces.js';
import { RollupBook } from './rollup-book.js';

const midnight = Math.floor(tenMs / dayMs) * dayMs;
const all = { fromMs: 0, toMs: Infinity, by: 'count', limit: 10 } as const;

test('the newest record of an hour counts, in whatever order hours and versions of others come', () => {
  const version = fc.record({ hour: fc.nat(99), count: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(fc.array(version, { minLength: 1, maxLength: 60 }), (given) => {
      // As in the topic: versions of an hour lie within two hours of it.
      const inTopic = given.map((each, nth) => ({ ...each, nth })).sort((a, b) => a.hour - b.hour || a.nth - b.nth);
      const book = new RollupBook();
      const newest = new Map<number, number>();
      for (const { hour, count } of inTopic) {
        book.take(rollup({ hour: midnight + hour * hourMs, count }), hour % 4);
        newest.set(hour, count);
      }
      const sum = [...newest.values()].reduce((a, b) => a + b, 0);
      expect(rankOperations(book, all)).toMatchObject([{ count: sum, totalSeconds: sum }]);
    }),
  );
});

test('a book that followed all along and one that reads the topic from its beginning, with old versions, are the same', () => {
  const live = new RollupBook();
  const records: RollupRecord[] = [];
  for (let hour = 0; hour < 200; hour++) {
    for (const count of [1, 2, 5]) records.push(rollup({ hour: midnight + hour * hourMs, count, closed: count === 5 }));
  }
  for (const record of records) live.take(record, partitionOf(record));
  const later = new RollupBook();
  // Partition by partition: one may be read long before another.
  for (let partition = 0; partition < 3; partition++) {
    for (const record of records) if (partitionOf(record) === partition) later.take(record, partition);
  }
  expect(rankOperations(later, all)).toEqual(rankOperations(live, all));
  expect(rankOperations(live, all)).toMatchObject([{ count: 1_000 }]);
  const [pages] = [...live.of('operation')];
  expect(pages!.size).toBeLessThan(60);
});

test('a window takes whole hours; older ones by the day', () => {
  const book = new RollupBook();
  for (let hour = 0; hour < 96; hour++) book.take(rollup({ hour: midnight + hour * hourMs, count: 1 }));
  const nowMs = midnight + 95 * hourMs + 1_800_000;
  const count = (fromMs: number) => rankOperations(book, { ...all, fromMs, toMs: nowMs })[0]?.count;
  expect(count(nowMs - hourMs)).toBe(2);
  expect(count(nowMs - 24 * hourMs)).toBe(25);
  expect(count(midnight + 12 * hourMs)).toBe(96);
  expect(count(midnight + dayMs)).toBe(72);
});

test('ranked by p95, total or count; statements of databases have no p95', () => {
  const book = new RollupBook();
  book.take(rollup({ operation: 'slow', count: 1, seconds: 9 }));
  book.take(rollup({ operation: 'often', count: 50, seconds: 0.5 }));
  book.take({
    v: 1,
    k: 'statement',
    entity: 'orders-db',
    hour: midnight,
    closed: true,
    database: 'orders',
    queryId: '42',
    userId: '10',
    calls: 5,
    seconds: 30,
    query: 'select $1',
  });
  const names = (by: 'p95' | 'total' | 'count') =>
    rankOperations(book, { ...all, by }).map(({ operation }) => operation);
  expect(names('p95')).toEqual(['slow', 'often']);
  expect(names('total')).toEqual(['42', 'often', 'slow']);
  expect(names('count')).toEqual(['often', '42', 'slow']);
  expect(rankOperations(book, { ...all, service: 'orders-db' })).toMatchObject([
    { kind: 'statement', query: 'select $1', meanSeconds: 6 },
  ]);
});

test('components, as the dashboard of the platform has them', () => {
  const book = new RollupBook();
  book.take(rollup({ operation: 'a', count: 8, seconds: 1, failures: 2 }));
  book.take(rollup({ operation: 'b', count: 10, seconds: 1 }));
  const { api } = componentPerformance(book, 0, Infinity);
  expect(api).toMatchObject({
    total_requests: 20,
    error_count: 2,
    success_rate_percent: 90,
    average_duration_ms: 1_000,
  });
  expect(api!.p95_duration_ms).toBeCloseTo(1_000, -2);
  expect(componentPerformance(book, 0, 1)).toEqual({});
});

test('the parts of a request are found by its request id and its trace id, the one that began first first', () => {
  const book = new RollupBook();
  const exemplar = (at: number, seconds: number) => ({
    at,
    seconds,
    status: 'success',
    requestId: 'r-1',
    traceId: 't-1',
  });
  book.take({ ...rollup({ operation: 'inner' }), exemplars: [exemplar(midnight + 900, 0.5)] });
  book.take({ ...rollup({ operation: 'outer' }), exemplars: [exemplar(midnight + 1_000, 1)] });
  for (const id of ['r-1', 't-1']) {
    expect(partsOfRequest(book, id).map(({ operation }) => operation)).toEqual(['outer', 'inner']);
  }
  expect(partsOfRequest(book, 'r-2')).toEqual([]);
});

test('what is too old is dropped, and so is what there is no room for', () => {
  const book = new RollupBook({ hourlyMs: 2 * dayMs, keptMs: 30 * dayMs, subjects: 1 });
  book.take(rollup({}));
  book.take(rollup({ operation: 'another' }));
  expect(book.leftOut).toBe(1);
  book.forget(midnight + 30 * dayMs);
  expect(book.pages.size).toBe(1);
  book.forget(midnight + 31 * dayMs);
  expect(book.pages.size).toBe(0);
});

interface Given {
  readonly hour?: number;
  readonly operation?: string;
  readonly count?: number;
  readonly seconds?: number;
  readonly failures?: number;
  readonly closed?: boolean;
}

function rollup({
  hour = midnight,
  operation = 'pay',
  count = 1,
  seconds = 1,
  failures = 0,
  closed = true,
}: Given): OperationRollup {
  return {
    v: 1,
    k: 'operation',
    entity: 'checkout',
    hour,
    closed,
    service: 'checkout',
    component: 'api',
    operation,
    requests: { success: count, failure: failures },
    durations: { success: wireOf(sketchOfSeconds(Array.from({ length: count }, () => seconds))) },
    errors: failures > 0 ? { ECONNREFUSED: failures } : {},
    timeouts: 0,
    slow: 0,
    retries: 0,
    exemplars: [],
  };
}

function partitionOf(record: RollupRecord): number {
  return rollupKey(record).charCodeAt(rollupKey(record).length - 12) % 3;
}
