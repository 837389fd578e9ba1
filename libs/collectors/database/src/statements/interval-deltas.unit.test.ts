import { expect, test } from 'vitest';
import { baselineOf, intervalSince } from './interval-deltas.js';
import { statementCounters } from './statement-rows.js';
import type { ModuleRow, StatementRow } from './statement-rows.js';

const module: ModuleRow = {
  queryid: null,
  evictions: '0',
  reset: '100',
  now: '1000.5',
  started: '100',
  entries_max: '5000',
  tracks: 'top',
  tracks_planning: 'off',
  computes_ids: 'auto',
  extension_minor: '10',
};

function row(queryid: string, changed: Partial<StatementRow> = {}): StatementRow {
  const zeros = Object.fromEntries(statementCounters.map((counter) => [counter, '0'])) as Record<
    (typeof statementCounters)[number],
    string
  >;
  return { userid: '10', dbid: '5', queryid, toplevel: 't', database: 'orders', since: null, ...zeros, ...changed };
}

function between(before: readonly StatementRow[], after: readonly StatementRow[], changed: Partial<ModuleRow> = {}) {
  return intervalSince(baselineOf(module, before, 1_000), { ...module, ...changed }, after, 61_000);
}
const both = (calls: string, inner: string) => [row('1', { calls }), row('1', { calls: inner, toplevel: 'f' })];
const callsOf = (interval: ReturnType<typeof between>) =>
  Object.fromEntries(
    interval?.entries.map(({ row: { queryid, toplevel }, deltas }) => [`${queryid}${toplevel}`, deltas.calls]) ?? [],
  );

test('without a baseline there is no interval; a later new key counts from zero (P3)', () => {
  expect(intervalSince(undefined, module, [row('1', { calls: '900' })], 1_000)).toBeUndefined();
  expect(callsOf(between([row('1', { calls: '5' })], [row('1', { calls: '7' }), row('2', { calls: '3' })]))).toEqual({
    '1t': 2,
    '2t': 3,
  });
});

test('an entry that did nothing is not of the interval', () => {
  expect(between([row('1', { calls: '5' })], [row('1', { calls: '5' })])?.entries).toEqual([]);
});

test('rows that differ in toplevel alone are two entries (P1)', () => {
  expect(callsOf(between(both('5', '50'), both('6', '70')))).toEqual({ '1t': 1, '1f': 20 });
});

test('an entry that fell in any counter was made anew (P2)', () => {
  const before = row('1', { calls: '3', exec_time: '9.5' });
  expect(callsOf(between([before], [row('1', { calls: '1', exec_time: '0.5' })]))).toEqual({ '1t': 1 });
  const [entry] = between([before], [row('1', { calls: '4', exec_time: '0.5' })])!.entries;
  expect(entry?.deltas).toMatchObject({ calls: 4, exec_time: 0.5 });
});

test('since 1.11 the start of an entry tells that it was made anew although it did not fall (P2)', () => {
  const before = row('1', { calls: '3', since: '500' });
  expect(callsOf(between([before], [row('1', { calls: '5', since: '1030.25' })]))).toEqual({ '1t': 5 });
  expect(callsOf(between([before], [row('1', { calls: '5', since: '500' })]))).toEqual({ '1t': 2 });
});

test('a reset of all is told by its time, also where an entry has outgrown its old count', () => {
  const interval = between([row('1', { calls: '3' })], [row('1', { calls: '5' })], { reset: '1030' });
  expect(callsOf(interval)).toEqual({ '1t': 5 });
  expect(interval?.isLossy).toBe(true);
});

test('entries that were thrown out make the interval lossy (P2)', () => {
  expect(between([], [], { evictions: '1' })?.isLossy).toBe(true);
  expect(between([], [])?.isLossy).toBe(false);
});

test('another server, or another version of the extension, is no continuation: no giant interval', () => {
  expect(between([row('1', { calls: '3' })], [row('1', { calls: '9000' })], { started: '1010' })).toBeUndefined();
  expect(between([row('1', { calls: '3' })], [row('1', { calls: '9000' })], { extension_minor: '11' })).toBeUndefined();
});

test('counts are exact beyond 2^53 (T5)', () => {
  const interval = between([row('1', { calls: '9007199254740992' })], [row('1', { calls: '9007199254740993' })]);
  expect(callsOf(interval)).toEqual({ '1t': 1 });
});
