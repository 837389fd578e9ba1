import { z } from 'zod';
import { addArrivals, arrivalsSchema } from './arrivals.js';
import type { Arrivals } from './arrivals.js';
import { own } from './own.js';

/** What a family of topics remembers. */
export const arrivalsMemorySchema = z.object({
  atMs: z.number(),
  /** Of the settings by which the topics were selected. */
  fingerprint: z.string(),
  /** Whether a topic that was not seen was not there. */
  sawAll: z.boolean(),
  topics: z.record(z.string(), arrivalsSchema),
});
export type ArrivalsMemory = z.infer<typeof arrivalsMemorySchema>;

export interface TopicsNow {
  readonly atMs: number;
  readonly fingerprint: string;
  /** Whether every topic that is there and selected is among them. */
  readonly seesAll: boolean;
  readonly topics: readonly {
    readonly name: string;
    readonly id: string | undefined;
    readonly ends: readonly (number | null)[];
  }[];
}

export interface CountedTopics {
  readonly memory: ArrivalsMemory;
  readonly of: ReadonlyMap<string, Arrivals>;
  /** Names of topics that were deleted and made anew. */
  readonly recreated: readonly string[];
}

/**
 * Counts what arrived at each topic since the pass before. A topic that was not there then is new, and all of it counts: unless
 * it may have been there unseen, because other topics were selected, some were left out, or none could be seen at all.
 */
export function countArrivals(
  before: ArrivalsMemory | undefined,
  { atMs, fingerprint, seesAll, topics }: TopicsNow,
): CountedTopics {
  const sawAll = before?.sawAll === true && before.fingerprint === fingerprint;
  const newSinceMs = sawAll ? before.atMs : undefined;
  const counted = topics.map(({ name, id, ends }) => ({
    name,
    ...addArrivals(own(before?.topics, name), { id, ends, atMs, newSinceMs }),
  }));
  const of = new Map(counted.map(({ name, arrivals }) => [name, arrivals]));
  return {
    of,
    memory: { atMs, fingerprint, sawAll: seesAll, topics: { ...goneOf(before, of, atMs), ...Object.fromEntries(of) } },
    recreated: counted.filter(({ isRecreated }) => isRecreated).map(({ name }) => name),
  };
}

/** A topic that was deleted may be made anew, and one that can't be seen may be seen again: its total goes on then. */
const goneKeptMs = 86_400_000;

function goneOf(
  before: ArrivalsMemory | undefined,
  present: ReadonlyMap<string, Arrivals>,
  atMs: number,
): Record<string, Arrivals> {
  const gone = Object.entries(before?.topics ?? {})
    .filter(([name, { goneMs = atMs }]) => !present.has(name) && atMs - goneMs < goneKeptMs)
    .map(([name, arrivals]) => [name, { ...arrivals, goneMs: arrivals.goneMs ?? atMs }] as const);
  return Object.fromEntries(gone);
}
