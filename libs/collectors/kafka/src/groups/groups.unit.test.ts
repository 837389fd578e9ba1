import { describe, expect, test } from 'vitest';
import { addSample, noSamples } from '../offsets/end-samples.js';
import type { TopicProgress } from './group-memory.js';
import { oneHot } from './one-hot.js';
import { moveOn } from './progress.js';
import { lagOf } from './topic-lag.js';
import { judge, patienceMs } from './verdict.js';

const minute = 60_000;

describe('lag', () => {
  const lag = (committed: Record<number, number>, offsets: { starts?: (number | null)[]; ends: (number | null)[] }) =>
    lagOf({
      topic: 'orders',
      committed: new Map(Object.entries(committed).map(([partition, offset]) => [Number(partition), offset])),
      offsets: { starts: offsets.ends.map(() => 0), stable: offsets.ends, ...offsets },
      samples: noSamples,
      atMs: 0,
    });

  test('is never negative: a commit beyond the end is caught up (7.1)', () => {
    expect(lag({ 0: 12 }, { ends: [10] })).toMatchObject({ messages: 0, seconds: 0 });
  });

  test('leaves out what is no longer there, and counts it as lost (7.1)', () => {
    expect(lag({ 0: 2 }, { starts: [5], ends: [10] })).toMatchObject({ messages: 5, expired: 3 });
  });

  test('is no number when an end was not read', () => {
    expect(lag({ 0: 2, 1: 2 }, { ends: [10, null] })).toMatchObject({ messages: undefined, seconds: undefined });
    expect(lag({ 0: 2 }, { ends: [10, null] })).toMatchObject({ messages: 8, uncommitted: undefined });
  });

  test('of partitions without a commit is not made up (7.2)', () => {
    expect(lag({ 0: 10 }, { ends: [10, 7, 0] })).toMatchObject({ messages: 0, uncommitted: 1 });
  });

  test('in seconds is that of the partition that is furthest behind', () => {
    const ends = (a: number, b: number) =>
      new Map([
        [
          'orders',
          {
            id: undefined,
            ends: new Map([
              [0, a],
              [1, b],
            ]),
          },
        ],
      ]);
    const samples = addSample(
      addSample(addSample(noSamples, 10_000, ends(0, 0)), 20_000, ends(10, 0)),
      30_000,
      ends(10, 10),
    );
    const parts = {
      topic: 'orders',
      offsets: { starts: [0, 0], ends: [10, 10], stable: [10, 10] },
      samples,
      atMs: 30_000,
    };
    expect(
      lagOf({
        ...parts,
        committed: new Map([
          [0, 5],
          [1, 5],
        ]),
      }).seconds,
    ).toBe(15);
    expect(
      lagOf({
        ...parts,
        committed: new Map([
          [0, 10],
          [1, 5],
        ]),
      }).seconds,
    ).toBe(5);
  });
});

/** What a group comes to whose commits and lag are told every so often: `[minutes, offset, lag]`. */
function follow(
  course: readonly (readonly [minutes: number, offset: number, lag: number])[],
  members: number | undefined,
) {
  let progress: TopicProgress | undefined;
  let movedMs: number | undefined;
  return course.map(([minutes, offset, lag]) => {
    const atMs = minutes * minute;
    const moved = moveOn(progress, { id: 'a', committed: new Map([[0, offset]]), behind: new Map([[0, lag]]), atMs });
    ({ progress } = moved);
    if (moved.hasMoved) movedMs = atMs;
    const memory = { ...(movedMs !== undefined && { movedMs }), topics: { orders: progress } };
    return judge({ members, memory, isCaughtUp: lag === 0, atMs });
  });
}

describe('the verdict', () => {
  test('stands still with messages: stalled with members, stopped without, and not before five minutes', () => {
    const course = [
      [0, 5, 3],
      [1, 5, 3],
      [4, 5, 9],
      [5, 5, 9],
    ] as const;
    expect(follow(course, 2)).toEqual([undefined, undefined, undefined, 'stalled']);
    expect(follow(course, 0)).toEqual([undefined, undefined, undefined, 'stopped']);
    expect(patienceMs).toBe(5 * minute);
  });

  test('commits that move are ok, however far behind (Burrow #303)', () => {
    expect(
      follow(
        [
          [0, 5, 100],
          [1, 6, 200],
          [2, 7, 400],
        ],
        1,
      ),
    ).toEqual([undefined, 'ok', 'ok']);
  });

  test('a slow topic whose every message is read is idle in between, never stopped (Burrow #38, #94, #140)', () => {
    const course = [
      [0, 5, 0],
      [30, 5, 0],
      [60, 6, 0],
      [66, 6, 0],
      [120, 6, 0],
    ] as const;
    expect(follow(course, 1)).toEqual(['idle', 'idle', 'ok', 'idle', 'idle']);
  });

  test('a message that comes after a long idle time has its five minutes (Burrow #171)', () => {
    expect(
      follow(
        [
          [0, 5, 0],
          [600, 5, 1],
          [604, 5, 1],
          [605, 5, 1],
        ],
        1,
      ),
    ).toEqual(['idle', undefined, undefined, 'stalled']);
  });

  test('sparse commits in large steps are learnt after the first one (Burrow #237)', () => {
    const steps = [0, 8, 16, 24, 32].flatMap((start, at) =>
      [start, start + 4, start + 7].map((minutes) => [minutes, at * 100, 50] as const),
    );
    expect(follow(steps, 1).slice(4)).not.toContain('stalled');
    // A trouble that is over is no habit: the next one shows in an hour at the latest.
    const trouble = [
      [0, 5, 9],
      [5_000, 5, 9],
      [5_001, 6, 9],
      [5_061, 6, 9],
      [5_062, 6, 9],
    ] as const;
    expect(follow(trouble, 1).at(-1)).toBe('stalled');
  });

  test('a group that stopped after it had been caught up once is found (Burrow #290), and so is one that never commits again (#287)', () => {
    expect(
      follow(
        [
          [0, 5, 0],
          [1, 5, 2],
          [2, 5, 4],
          [6, 5, 90],
        ],
        0,
      ).at(-1),
    ).toBe('stopped');
  });

  test('without a commit there is nothing to judge by (7.2)', () => {
    expect(judge({ members: 3, memory: { topics: {} }, isCaughtUp: true, atMs: 0 })).toBe('never_committed');
  });

  test('an end that was not read is no progress and no standstill', () => {
    const before = moveOn(undefined, {
      id: 'a',
      committed: new Map([[0, 5]]),
      behind: new Map([[0, 0]]),
      atMs: 0,
    }).progress;
    const later = moveOn(before, { id: 'a', committed: new Map([[0, 5]]), behind: new Map(), atMs: 4 * minute });
    expect(later.progress.partitions['0']).toMatchObject({ isBehind: false, offset: 5 });
    const behind = moveOn(undefined, {
      id: 'a',
      committed: new Map([[0, 5]]),
      behind: new Map([[0, 2]]),
      atMs: 0,
    }).progress;
    const unseen = moveOn(behind, { id: 'a', committed: new Map([[0, 5]]), behind: new Map(), atMs: 4 * minute });
    expect(unseen.progress.partitions['0']).toMatchObject({ isBehind: true, stuckSinceMs: 0 });
  });
});

describe('what a group got past', () => {
  const move = (before: TopicProgress | undefined, id: string, offset: number) =>
    moveOn(before, { id, committed: new Map([[0, offset]]), behind: new Map(), atMs: minute });

  test('grows by what commits move forth; back is told, and what is read again counts again', () => {
    const first = move(undefined, 'a', 100).progress;
    const back = move(move(first, 'a', 130).progress, 'a', 110);
    expect(back.progress.total).toBe(30);
    expect(back.rewound).toEqual({ messages: 20, partitions: 1 });
    expect(move(back.progress, 'a', 115).progress.total).toBe(35);
  });

  test('a topic that was made anew is no way back', () => {
    const anew = move(move(undefined, 'a', 100).progress, 'b', 3);
    expect(anew).toMatchObject({ rewound: { messages: 0, partitions: 0 }, progress: { total: 0 } });
  });
});

test('a state that ended is told as 0, and when none is known all are 0', () => {
  expect(oneHot(['stable'], 'empty')).toEqual({
    values: [
      ['empty', 1],
      ['stable', 0],
    ],
    seen: ['empty', 'stable'],
  });
  expect(oneHot(['stable'], undefined)).toEqual({ values: [['stable', 0]], seen: ['stable'] });
});
