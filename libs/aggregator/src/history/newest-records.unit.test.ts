import { setImmediate as breathe } from 'node:timers/promises';
import type { BusRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { NewestRecords } from './newest-records.js';

const never = new AbortController().signal;

test('of records of one key only the newest is handled, in its place; another partition is another key', async () => {
  const taken: string[] = [];
  const newest = new NewestRecords(({ partition, key, value }) => taken.push(`${partition} ${key} ${value}`));
  for (const [partition, key, value] of [
    [0, 'a', 1],
    [0, 'b', 1],
    [1, 'a', 1],
    [0, 'a', 2],
  ] as const)
    newest.add(record(partition, key, value));
  expect(taken).toEqual([]);
  await newest.drain(never);
  expect(taken).toEqual(['0 b 1', '1 a 1', '0 a 2']);
  expect(newest.superseded).toBe(1);
});

test('it holds 5 000 records; the oldest makes room', () => {
  const taken: string[] = [];
  const newest = new NewestRecords(({ key }) => taken.push(key!));
  for (let nth = 0; nth < 5_002; nth++) newest.add(record(0, `key ${nth}`, 1));
  expect(taken).toEqual(['key 0', 'key 1']);
});

test('the event loop turns while it is emptied', async () => {
  const newest = new NewestRecords(() => {
    for (const untilMs = performance.now() + 1; performance.now() < untilMs;);
  });
  for (let nth = 0; nth < 100; nth++) newest.add(record(0, `key ${nth}`, 1));
  let isDone = false;
  const draining = newest.drain(never).then(() => (isDone = true));
  let turns = 0;
  let longestMs = 0;
  for (let lastMs = performance.now(); !isDone; turns++) {
    await breathe();
    longestMs = Math.max(longestMs, performance.now() - lastMs);
    lastMs = performance.now();
  }
  await draining;
  expect(turns).toBeGreaterThan(5);
  // One stretch is 10 ms, a record 1 ms; the rest is what a busy machine takes.
  expect(longestMs).toBeLessThan(60);
});

function record(partition: number, key: string, value: number): BusRecord {
  return {
    topic: 'evt.rollup.v1',
    partition,
    key,
    offset: 0,
    timestampMs: 0,
    headers: {},
    value: Buffer.from(`${value}`),
  };
}
