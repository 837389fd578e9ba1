import { z } from 'zod';

/** What arrived at a topic, as its end offsets tell it: a total of our own, which outlives restarts of ours and the topic itself. */
export const arrivalsSchema = z.object({
  /** The topic's id; absent where brokers don't tell it. */
  id: z.string().optional(),
  total: z.number(),
  /** Since when it counts, ms since 1970 UTC. */
  sinceMs: z.number(),
  /** By partition; `null`: never read. */
  ends: z.array(z.number().nullable()),
  /** Since when the topic is not there, ms since 1970 UTC. */
  goneMs: z.number().optional(),
});
export type Arrivals = z.infer<typeof arrivalsSchema>;

export interface EndsNow {
  readonly id: string | undefined;
  /** `null`: not read this time; what arrives meanwhile is counted later. */
  readonly ends: readonly (number | null)[];
  readonly atMs: number;
  /** Since when, if the topic can't be older: it was made since then, and all that it holds has arrived since. */
  readonly newSinceMs: number | undefined;
}

/** `isRecreated`: the topic was deleted and made anew since the pass before. */
export function addArrivals(
  before: Arrivals | undefined,
  { id, ends, atMs, newSinceMs }: EndsNow,
): { readonly arrivals: Arrivals; readonly isRecreated: boolean } {
  const told = id === undefined ? {} : { id };
  if (!before) {
    const isNew = newSinceMs !== undefined;
    const arrivals = { ...told, total: isNew ? sum(ends) : 0, sinceMs: newSinceMs ?? atMs, ends: [...ends] };
    return { arrivals, isRecreated: false };
  }
  if (isAnother(before, id, ends)) {
    return {
      arrivals: { ...told, total: before.total + sum(ends), sinceMs: before.sinceMs, ends: [...ends] },
      isRecreated: true,
    };
  }
  let { total } = before;
  const known = ends.map((end, partition) => {
    const last = before.ends[partition];
    if (end === null) return last ?? null;
    // A partition that the topic was given since began at 0. One that could never be read yet says nothing of when.
    if (last === undefined) total += end;
    // An end that falls under the same id: a replica that lacked records became leader. What comes again counts again.
    else if (last !== null) total += Math.max(0, end - last);
    return end;
  });
  return { arrivals: { ...told, total, sinceMs: before.sinceMs, ends: known }, isRecreated: false };
}

/** By its id; without ids only a fallen end tells. */
function isAnother(before: Arrivals, id: string | undefined, ends: readonly (number | null)[]): boolean {
  if (before.id !== undefined && id !== undefined) return before.id !== id;
  return ends.length < before.ends.length || ends.some((end, at) => end !== null && end < (before.ends[at] ?? 0));
}

const sum = (ends: readonly (number | null)[]) => ends.reduce<number>((total, end) => total + (end ?? 0), 0);
