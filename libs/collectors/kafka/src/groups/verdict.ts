import type { GroupMemory, Progress } from './group-memory.js';

/**
 * ok: commits move. idle: all is read, and nothing comes. stalled: members are there, messages wait, and in some partition no
 * commit moves. stopped: the same without a member. never_committed: there is no commit to judge by.
 */
export const verdicts = ['ok', 'idle', 'stalled', 'stopped', 'never_committed'] as const;
export type Verdict = (typeof verdicts)[number];

/** Commits may rest this long while messages wait. */
export const patienceMs = 300_000;

export interface Evidence {
  /** `undefined`: not told. */
  readonly members: number | undefined;
  readonly memory: Pick<GroupMemory, 'movedMs' | 'topics'>;
  /** Whether all is read in all partitions; `undefined`: not all ends were read. */
  readonly isCaughtUp: boolean | undefined;
  readonly atMs: number;
}

/** `undefined`: it can't be told yet, or not from what could be read. */
export function judge({ members, memory, isCaughtUp, atMs }: Evidence): Verdict | undefined {
  const partitions = Object.values(memory.topics).flatMap(({ partitions: of }) => Object.values(of));
  if (partitions.length === 0) return 'never_committed';
  if (partitions.some((progress) => isStuck(progress, atMs))) return members === 0 ? 'stopped' : 'stalled';
  const hasMoved = memory.movedMs !== undefined && atMs - memory.movedMs < patienceMs;
  if (hasMoved) return 'ok';
  return isCaughtUp ? 'idle' : undefined;
}

/** Longer than the patience, and than twice of what is usual for it. */
function isStuck({ stuckSinceMs, usualGapMs }: Progress, atMs: number): boolean {
  return atMs - stuckSinceMs >= Math.max(patienceMs, 2 * usualGapMs);
}
