import { expect, test } from 'vitest';
import { readInfo } from './info.js';
import { readSlowEntries } from './slowlog-entries.js';
import { isCutShort, newsOf } from './slowlog-progress.js';

const entry = (id: number, args: readonly string[] = ['GET', 'a'], client = '') => [
  id,
  1_795_521_280,
  12_500,
  args,
  '127.0.0.1:1',
  client,
];
const entries = (...ids: number[]) => readSlowEntries(ids.toSorted((one, other) => other - one).map((id) => entry(id)));
const info = (run: string, resets?: number) =>
  readInfo(`run_id:${run}\n${resets === undefined ? '' : `cmdstat_slowlog|reset:calls=${resets},usec=1`}`);
const told = { run: 'a', lastId: 7, length: 3, resets: null };

test('entries say what was run and how long, and nothing of what was sent (R16)', () => {
  const [set, config, cut, odd] = readSlowEntries([
    entry(4, ['SET', 'user:1', 'hunter2'], 'shop'),
    entry(3, ['config', 'SET', 'requirepass', 'hunter2']),
    entry(2, ['MSET', ...Array.from({ length: 30 }, () => 'hunter2'), '... (49 more arguments)']),
    entry(1, ['my secret hunter2']),
  ]);
  expect(set).toEqual({
    id: 4,
    atMs: 1_795_521_280_000,
    durationSeconds: 0.0125,
    command: 'set',
    argumentCount: 2,
    clientName: 'shop',
  });
  expect(config?.command).toBe('config|set');
  expect(cut?.argumentCount).toBe(79);
  expect(odd?.command).toBe('unknown');
});

test('what is no entry is left out', () => {
  expect(readSlowEntries('nonsense')).toEqual([]);
  expect(readSlowEntries([null, [1], ['x', 1, 1, []], entry(1)])).toHaveLength(1);
});

test('each entry is told once, oldest first; what is missing between was lost', () => {
  const { fresh, lost, wasReset, progress } = newsOf(entries(9, 10, 11), info('a'), told);
  expect(fresh.map(({ id }) => id)).toEqual([9, 10, 11]);
  expect({ lost, wasReset }).toEqual({ lost: 1, wasReset: false });
  expect(newsOf(entries(9, 10, 11), info('a'), progress)).toMatchObject({ fresh: [], lost: 0, wasReset: false });
});

test('on the first sight of a run all is told and nothing is lost', () => {
  for (const before of [undefined, { ...told, run: 'b' }]) {
    const news = newsOf(entries(3, 4), info('a'), before);
    expect(news.fresh.map(({ id }) => id)).toEqual([3, 4]);
    expect(news).toMatchObject({ lost: 0, wasReset: false });
  }
  const empty = newsOf([], info('a'), undefined);
  expect(empty.progress.lastId).toBeNull();
  expect(newsOf(entries(41), info('a'), empty.progress)).toMatchObject({ lost: 0, progress: { lastId: 41 } });
});

test.each([
  ['emptied', [], undefined, true],
  ['emptied, then filled again as long: only the count of resets tells', [8, 9, 10], 1, true],
  ['pushed out by as many newer ones', [8, 9, 10], undefined, false],
  ['the newest is still there', [7], undefined, false],
] as const)('%s', (_, ids, resets, wasReset) => {
  expect(newsOf(entries(...ids), info('a', resets), told).wasReset).toBe(wasReset);
});

test('an answer is cut short only where it may hide entries that were not told', () => {
  expect(isCutShort(entries(8, 9, 10), 3, info('a'), told)).toBe(false); // 8 follows what was told
  expect(isCutShort(entries(9, 10, 11), 3, info('a'), told)).toBe(true);
  expect(isCutShort(entries(9, 10, 11), 16, info('a'), told)).toBe(false); // fewer than asked: that is all
  expect(isCutShort(entries(9, 10, 11), 3, info('b'), told)).toBe(true);
  expect(isCutShort(entries(0, 1, 2), 3, info('b'), undefined)).toBe(false);
});
