import type { Progress, TopicProgress } from './group-memory.js';

export interface CommitsNow {
  readonly id: string | undefined;
  readonly committed: ReadonlyMap<number, number>;
  /** Lag in messages by partition; missing: not read this time. */
  readonly behind: ReadonlyMap<number, number>;
  readonly atMs: number;
}

export interface Moved {
  readonly progress: TopicProgress;
  readonly hasMoved: boolean;
  /** Messages that the group went back, and in how many partitions. */
  readonly rewound: { readonly messages: number; readonly partitions: number };
}

/** What the commits of a group in a topic moved since the pass before. */
export function moveOn(before: TopicProgress | undefined, { id, committed, behind, atMs }: CommitsNow): Moved {
  // Commits in a topic that was made anew are no continuation.
  const last = before && before.id === id ? before.partitions : {};
  const moves = [...committed].map(([partition, offset]) => {
    const known = last[partition];
    return {
      partition,
      offset,
      step: known ? offset - known.offset : 0,
      progress: next(known, offset, behind.get(partition), atMs),
    };
  });
  const forth = moves.reduce((sum, { step }) => sum + Math.max(0, step), 0);
  const back = moves.filter(({ step }) => step < 0);
  return {
    progress: {
      ...(id !== undefined && { id }),
      total: (before?.total ?? 0) + forth,
      sinceMs: before?.sinceMs ?? atMs,
      partitions: Object.fromEntries(moves.map(({ partition, progress }) => [String(partition), progress])),
    },
    hasMoved: moves.some(({ step }) => step !== 0),
    rewound: { messages: back.reduce((sum, { step }) => sum - step, 0), partitions: back.length },
  };
}

/** Beyond this a gap is a trouble that is over, not a habit. */
const longestUsualGapMs = 1_800_000;

function next(known: Progress | undefined, offset: number, behind: number | undefined, atMs: number): Progress {
  const isBehind = behind === undefined ? (known?.isBehind ?? false) : behind > 0;
  if (!known) return { offset, stuckSinceMs: atMs, isBehind, usualGapMs: 0 };
  if (offset !== known.offset) {
    // Groups that commit seldom, in large steps, are not stuck between two commits.
    const gapMs = Math.max(known.usualGapMs / 2, atMs - known.stuckSinceMs);
    return { offset, stuckSinceMs: atMs, isBehind, usualGapMs: Math.min(gapMs, longestUsualGapMs) };
  }
  // What came while nobody looked, maybe for hours, may have come just now.
  return known.isBehind && isBehind ? known : { ...known, stuckSinceMs: atMs, isBehind };
}
