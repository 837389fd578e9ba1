import { expect, test } from 'vitest';
import { listedByRanking, rankTables } from './rank-tables.js';
import type { TableRow } from './table-rows.js';

const row = (relid: string | null, more: Partial<TableRow> = {}): TableRow => ({
  relid,
  schema: relid && 'public',
  table: relid && `t${relid}`,
  tables: '1',
  live: '0',
  dead: '0',
  bytes: '0',
  scans: '0',
  scanned_rows: '0',
  age: '0',
  vacuum: null,
  autovacuum: null,
  analyze: null,
  autoanalyze: null,
  oldest_age: '0',
  freeze_age: '200000000',
  ...more,
});
const ids = (rows: readonly TableRow[]) => rows.map(({ relid }) => relid).toSorted();

test('each ranking lists its first ones, the rest none, and a table is listed once', () => {
  const rows = [
    row('1', { dead: '9', bytes: '9', age: '9', scanned_rows: '9' }),
    row('2', { bytes: '5' }),
    row('3', { age: '7' }),
    row('4'),
    row(null, { dead: '100' }),
  ];
  expect(ids(rankTables(rows, undefined))).toEqual(['1', '2', '3']);
});

test('no ranking lists more than its share', () => {
  const many = Array.from({ length: 30 }, (_, at) => row(String(at + 1), { dead: String(at + 1) }));
  expect(ids(rankTables(many, undefined))).toEqual(['26', '27', '28', '29', '30']);
  expect(listedByRanking).toBe(5);
});

test('scans are ranked by what they grew by, not by their whole lives (P8)', () => {
  const lives = Array.from({ length: 6 }, (_, at) => row(`old${at}`, { scanned_rows: '1000000' }));
  const hot = row('hot', { scanned_rows: '50' });
  const before = Object.fromEntries(lives.map(({ relid }) => [relid, [10, 1_000_000] as const]));
  expect(ids(rankTables([...lives, hot], before))).toEqual(['hot']);
});

test('a table that neither vacuum nor analyze has seen has no size to be ranked by', () => {
  expect(rankTables([row('1', { bytes: null })], undefined)).toEqual([]);
});
