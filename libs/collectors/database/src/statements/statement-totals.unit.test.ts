import { expect, test } from 'vitest';
import type { Deltas, Interval } from './interval-deltas.js';
import { statementCounters } from './statement-rows.js';
import type { StatementRow } from './statement-rows.js';
import { addTotals } from './statement-totals.js';

const deltas = (calls: number): Deltas => ({
  ...(Object.fromEntries(statementCounters.map((counter) => [counter, 0])) as unknown as Deltas),
  calls,
});
const row = (database: string | null) => ({ database }) as StatementRow;
const interval = (...entries: readonly (readonly [string | null, number])[]): Interval => ({
  fromMs: 10_000,
  toMs: 70_000,
  isLossy: false,
  entries: entries.map(([database, calls]) => ({ row: row(database), deltas: deltas(calls) })),
});
const callsOf = ({ databases }: ReturnType<typeof addTotals>) =>
  Object.fromEntries(Object.entries(databases).map(([database, sum]) => [database, sum.calls]));

const pass = { rows: [row('orders'), row('users')], atMs: 70_000, takenAtMs: 5_000 };

test('totals begin at 0 for every database that has entries, with the first baseline', () => {
  const totals = addTotals(undefined, undefined, pass);
  expect(callsOf(totals)).toEqual({ orders: 0, users: 0 });
  expect(totals.sinceMs).toBe(70_000);
});

test('each interval adds to them, whatever entries have gone meanwhile', () => {
  const first = addTotals(undefined, undefined, pass);
  const second = addTotals({ totals: first }, interval(['orders', 5], ['orders', 2], [null, 1]), {
    ...pass,
    atMs: 130_000,
  });
  expect(callsOf(second)).toEqual({ orders: 7, users: 0, dropped: 1 });
  const third = addTotals({ totals: second }, undefined, { ...pass, rows: [], atMs: 190_000 });
  expect(callsOf(third)).toEqual({ orders: 7, users: 0, dropped: 1 });
  expect(third.sinceMs).toBe(70_000);
});

test('another owner begins anew when it takes the target: its first interval counts in full', () => {
  const before = addTotals(undefined, undefined, pass);
  const after = addTotals({ totals: before }, interval(['orders', 5]), { ...pass, takenAtMs: 60_000 });
  expect(callsOf(after)).toEqual({ orders: 5, users: 0 });
  expect(after.sinceMs).toBe(60_000);
});
