import { expect, test } from 'vitest';
import { databasesInPass, nextDatabases, readNow, tableMemorySchema } from './table-memory.js';
import type { ReadBefore } from './table-memory.js';
import type { TableRow } from './table-rows.js';

const row = (relid: string | null, scans: number) =>
  ({ relid, scans: String(scans), scanned_rows: String(scans * 10) }) as TableRow;
const at = { atMs: 5_000, takenAtMs: 1_000 };

/** Visits one after another: each with its rows, and which of them are listed. */
function visits(...each: readonly (readonly [rows: readonly TableRow[], listed: readonly string[]])[]): ReadBefore {
  return each.reduce<ReadBefore | undefined>((before, [rows, listed]) => {
    const chosen = rows.filter(({ relid }) => relid !== null && listed.includes(relid));
    return readNow(rows, chosen, { ...at, before });
  }, undefined) as ReadBefore;
}

test('the first visit is a baseline: what happened before it is not told (P3)', () => {
  expect(visits([[row('1', 5), row(null, 100)], ['1']]).other).toEqual({
    takenAtMs: 1_000,
    sinceMs: 5_000,
    totals: [0, 0],
  });
});

test('what is not listed is what all grew by, less what the listed did', () => {
  const { other } = visits(
    [[row('1', 5), row('2', 3), row(null, 100)], ['1']],
    [[row('1', 9), row('2', 4), row(null, 102)], ['1']],
  );
  expect(other.totals).toEqual([3, 30]);
});

test('a table that changes places between listed, ranked and the rest never adds its life', () => {
  const { other } = visits(
    [[row('1', 1_000), row(null, 100)], ['1']],
    [[row('1', 1_000), row(null, 100)], []],
    [[row(null, 1_100)], []],
    [[row('1', 1_000), row(null, 100)], ['1']],
  );
  expect(other.totals).toEqual([0, 0]);
});

test('a table that was dropped, or whose statistics were reset, takes nothing away', () => {
  const dropped = visits([[row('1', 500), row('2', 7)], []], [[row('2', 9)], []], [[row('2', 12)], []]);
  expect(dropped.other.totals).toEqual([3, 30]);
  const reset = visits([[row('1', 500), row('2', 7)], ['1']], [[row('1', 4), row('2', 7)], ['1']]);
  expect(reset.other.totals).toEqual([0, 0]);
});

test('another owner begins totals of its own, since it took the target', () => {
  const before = visits([[row('1', 5)], []], [[row('1', 9)], []]);
  expect(before.other.totals).toEqual([4, 40]);
  const next = readNow([row('1', 10)], [], { before, atMs: 9_000, takenAtMs: 8_000 });
  expect(next.other).toEqual({ takenAtMs: 8_000, sinceMs: 8_000, totals: [1, 10] });
});

test('a pass visits those that were visited longest ago, failed ones too, and no more than it has time for', () => {
  const names = Array.from({ length: 50 }, (_, index) => `db${index}`);
  expect(nextDatabases(names, undefined)).toHaveLength(databasesInPass);
  const visited = (count: number, atMs: number) => names.slice(0, count).map((name) => [name, { visitedAtMs: atMs }]);
  const memory = { databases: Object.fromEntries(visited(40, 7)) as Record<string, { visitedAtMs: number }> };
  expect(nextDatabases(names, memory).slice(0, 10)).toEqual(names.slice(40));
});

test('is JSON, and what an owner of another version left is not used', () => {
  const memory = { databases: { orders: { visitedAtMs: 1, read: visits([[row('1', 5)], ['1']]) } } };
  expect(tableMemorySchema.safeParse(JSON.parse(JSON.stringify(memory))).data).toEqual(memory);
  expect(tableMemorySchema.safeParse({ databases: { orders: { visitedAtMs: 'x' } } }).data).toBeUndefined();
});
