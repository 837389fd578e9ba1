import { z } from 'zod';
import type { Info } from './info.js';
import type { SlowEntry } from './slowlog-entries.js';

/** How far the slowlog of a server has been told. */
export const slowlogProgressSchema = z.object({
  /** The run_id of the server: ids begin anew with each. */
  run: z.string().nullable(),
  /** The newest id that was told; `null`: none of this run, so it is not known how far the server had counted. */
  lastId: z.number().nullable(),
  /** How many entries there were, as far as they were read. */
  length: z.number(),
  /** Calls of SLOWLOG RESET that the server had counted; `null`: it does not tell. */
  resets: z.number().nullable(),
});
export type SlowlogProgress = z.infer<typeof slowlogProgressSchema>;

export interface SlowlogNews {
  /** What was not told before, oldest first. */
  readonly fresh: readonly SlowEntry[];
  /** Entries that came and went since the pass before. */
  readonly lost: number;
  readonly wasReset: boolean;
  readonly progress: SlowlogProgress;
}

/** Whether entries that were not told may lie behind the ones that were read. */
export function isCutShort(
  entries: readonly SlowEntry[],
  asked: number,
  info: Info,
  before: SlowlogProgress | undefined,
): boolean {
  const oldest = entries.at(-1);
  if (entries.length < asked || !oldest) return false;
  return oldest.id > (ofThisRun(info, before)?.lastId ?? -1) + 1;
}

/**
 * Each entry is told once, by its id. On the first sight of a run all that the server holds is told, but what it lost before
 * is not counted.
 */
export function newsOf(entries: readonly SlowEntry[], info: Info, before: SlowlogProgress | undefined): SlowlogNews {
  const known = ofThisRun(info, before);
  const lastId = known?.lastId ?? null;
  const fresh = entries.filter(({ id }) => lastId === null || id > lastId).toReversed();
  const resets = resetsOf(info);
  const isGone = lastId !== null && !entries.some(({ id }) => id === lastId);
  return {
    fresh,
    lost: lastId === null || !fresh[0] ? 0 : fresh[0].id - lastId - 1,
    wasReset: isGone && known !== undefined && wasEmptied(known, entries.length, resets),
    progress: { run: runOf(info), lastId: fresh.at(-1)?.id ?? lastId, length: entries.length, resets },
  };
}

/**
 * The newest entry that was told is there no more: it was removed, or pushed out by newer ones. The server tells which, by its
 * count of SLOWLOG RESET; before Redis 7 the list tells, by being shorter.
 */
function wasEmptied(known: SlowlogProgress, length: number, resets: number | null): boolean {
  return known.length > 0 && (resets !== known.resets || length < known.length);
}

function ofThisRun(info: Info, before: SlowlogProgress | undefined): SlowlogProgress | undefined {
  return before?.run === runOf(info) ? before : undefined;
}

function resetsOf(info: Info): number | null {
  const calls = info.lines('cmdstat_').get('slowlog|reset')?.calls;
  return calls === undefined ? null : Number(calls);
}

function runOf(info: Info): string | null {
  return info.get('run_id') ?? null;
}
