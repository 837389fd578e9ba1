import { expect, test } from 'vitest';
import { counterStart } from './counter-start.js';

const state = { startMs: 500, resetMs: 500, values: ['100', '9007199254740993'] };
const before = { atMs: 10_000, state };
const serverStartMs = 1_000;

test('on the first pass the server’s reset says when, or nothing does', () => {
  const now = { values: ['5'], serverStartMs, before: undefined };
  expect(counterStart({ ...now, resetMs: 500 }).startMs).toBe(500);
  expect(counterStart({ ...now, resetMs: null }).startMs).toBeNull();
});

test('counters that grow began when they began, whatever stats_reset says: a reset of one table changes it (P4)', () => {
  const now = { values: ['101', '9007199254740993'], serverStartMs, before };
  expect(counterStart({ ...now, resetMs: 9_000 })).toEqual({ startMs: 500, resetMs: 9_000, values: now.values });
});

test('a clean restart keeps counters, so it is no new beginning', () => {
  const now = { values: ['101', '9007199254740994'], serverStartMs: 11_000, before };
  expect(counterStart({ ...now, resetMs: 500 }).startMs).toBe(500);
});

test('a fall is a new beginning: at the reset, else at the start of the server, else after the pass before (P4)', () => {
  const now = { values: ['1', '2'], before };
  expect(counterStart({ ...now, serverStartMs, resetMs: 12_000 }).startMs).toBe(12_000);
  expect(counterStart({ ...now, serverStartMs: 11_000, resetMs: 500 }).startMs).toBe(11_000);
  expect(counterStart({ ...now, serverStartMs: 11_000, resetMs: null }).startMs).toBe(11_000);
  expect(counterStart({ ...now, serverStartMs, resetMs: 500 }).startMs).toBe(10_000);
});

test('values are compared exactly (T5)', () => {
  const now = { values: ['100', '9007199254740992'], serverStartMs, resetMs: 500, before };
  expect(counterStart(now).startMs).toBe(10_000);
});

test('a database that was not there in the pass before began after it', () => {
  const now = { values: ['0', '0'], serverStartMs, resetMs: null, before: { atMs: 10_000, state: undefined } };
  expect(counterStart(now).startMs).toBe(10_000);
});
