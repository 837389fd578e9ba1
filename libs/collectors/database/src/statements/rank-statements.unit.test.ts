import { expect, test } from 'vitest';
import type { Interval } from './interval-deltas.js';
import { rankStatements } from './rank-statements.js';
import { statementCounters } from './statement-rows.js';
import type { StatementCounter, StatementRow } from './statement-rows.js';

function interval(...entries: readonly (Partial<Record<StatementCounter, number>> & { id: string })[]): Interval {
  const zeros = Object.fromEntries(statementCounters.map((counter) => [counter, 0])) as Record<
    StatementCounter,
    number
  >;
  return {
    fromMs: 0,
    toMs: 60_000,
    isLossy: false,
    entries: entries.map(({ id, ...deltas }) => ({
      row: { queryid: id } as StatementRow,
      deltas: { ...zeros, ...deltas },
    })),
  };
}
const ranks = (ranked: ReturnType<typeof rankStatements>) =>
  Object.fromEntries(ranked.map(({ row, ranks: its }) => [row.queryid, its]));

test('a statement has a place by each cost that it caused, of this interval (P8)', () => {
  const ranked = rankStatements(
    interval(
      { id: 'slow', calls: 1, exec_time: 900 },
      { id: 'often', calls: 5_000, exec_time: 100 },
      { id: 'reads', calls: 2, exec_time: 50, blocks_read: 700 },
      { id: 'writes', calls: 2, exec_time: 40, blocks_dirtied: 30 },
      { id: 'sorts', calls: 2, exec_time: 30, temp_blocks_read: 5, temp_blocks_written: 6 },
    ),
    [],
  );
  expect(ranks(ranked)).toEqual({
    slow: { time: 1, calls: 5 },
    often: { time: 2, calls: 1 },
    reads: { time: 3, calls: 2, reads: 1 },
    writes: { time: 4, calls: 3, writes: 1 },
    sorts: { time: 5, calls: 4, temp: 1 },
  });
  expect(ranked.map(({ row }) => row.queryid)).toEqual(['slow', 'often', 'reads', 'writes', 'sorts']);
});

test('ten places by each cost; who has none is not listed', () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ id: String(at), calls: 100 - at, exec_time: at }));
  const ranked = rankStatements(interval(...many), []);
  expect(ranked).toHaveLength(20);
  expect(ranks(ranked)['29']).toEqual({ time: 1 });
  expect(ranks(ranked)['0']).toEqual({ calls: 1 });
  expect(ranks(ranked)['15']).toBeUndefined();
});

test('statements of the collector itself are left out, and take no place', () => {
  const ranked = rankStatements(
    interval({ id: 'ours', calls: 9, exec_time: 9 }, { id: 'theirs', calls: 1, exec_time: 1 }),
    ['ours'],
  );
  expect(ranks(ranked)).toEqual({ theirs: { time: 1, calls: 1 } });
});
