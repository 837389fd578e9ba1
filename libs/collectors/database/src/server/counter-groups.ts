import { z } from 'zod';
import { counterStart, counterStateSchema } from './counter-start.js';
import type { CounterState } from './counter-start.js';

/** What a pass must know of several sets of counters, each of which begins anew by itself, by name. */
export const counterGroupsSchema = z.object({ atMs: z.number(), groups: z.record(z.string(), counterStateSchema) });
export type CounterGroups = z.infer<typeof counterGroupsSchema>;

export interface CounterGroup {
  /** Columns that only grow. A group that the source does not have, or not in full, is left out. */
  readonly values: readonly (string | null | undefined)[];
  /** When its counters were reset last, s since 1970 as PostgreSQL writes it; absent: the source does not say. */
  readonly reset?: string | null;
}

export interface GroupsNow {
  readonly atMs: number;
  /** When the source was started, s since 1970; absent: it does not say. */
  readonly started?: string | null;
  readonly groups: Readonly<Record<string, CounterGroup>>;
}

/** When each group began. One that was seen before and is not there now is remembered: it may come back and go on. */
export function countedGroups({ atMs, started, groups }: GroupsNow, before: CounterGroups | undefined): CounterGroups {
  const states: Record<string, CounterState> = { ...before?.groups };
  for (const [name, { values, reset }] of Object.entries(groups)) {
    const told = values.map(String);
    if (!told.every((value) => /^\d+$/.test(value))) continue;
    states[name] = counterStart({
      values: told,
      resetMs: toMs(reset),
      serverStartMs: toMs(started) ?? 0,
      before: before && { atMs: before.atMs, state: before.groups[name] },
    });
  }
  return { atMs, groups: states };
}

/** Since when a group counts, ms since 1970 UTC; `null` while nobody says. */
export function startOf({ groups }: CounterGroups, name: string): number | null {
  return groups[name]?.startMs ?? null;
}

function toMs(seconds: string | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.round(Number(seconds) * 1000);
}
