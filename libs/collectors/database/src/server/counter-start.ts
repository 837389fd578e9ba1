import { z } from 'zod';

/** What a pass must know of a set of counters that begin anew together. */
export const counterStateSchema = z.object({
  /** Since when they count, ms since 1970 UTC; `null` while the server does not say. */
  startMs: z.number().nullable(),
  /** `stats_reset`, ms since 1970 UTC. */
  resetMs: z.number().nullable(),
  /** Of columns that only grow. */
  values: z.array(z.string().regex(/^\d+$/)),
});
export type CounterState = z.infer<typeof counterStateSchema>;

export interface CountersNow {
  readonly values: string[];
  /** The server's `stats_reset`. */
  readonly resetMs: number | null;
  /** When the server was started. */
  readonly serverStartMs: number;
  /** The pass before; `state` is absent for counters that were not there then. */
  readonly before: { readonly atMs: number; readonly state: CounterState | undefined } | undefined;
}

/**
 * When counters of PostgreSQL began. Only a value that fell proves a new beginning; then `stats_reset`, the start of the
 * server or the pass before says when. The other way round both mislead: after a crash all statistics are discarded and
 * `stats_reset` stays as it was, a clean restart keeps them all, and the reset of a single table changes the `stats_reset`
 * of a database that goes on counting.
 */
export function counterStart({ values, resetMs, serverStartMs, before }: CountersNow): CounterState {
  if (!before) return { startMs: resetMs, resetMs, values };
  const { atMs, state } = before;
  if (!state) return { startMs: atMs, resetMs, values };
  if (!hasFallen(values, state.values)) return { startMs: state.startMs, resetMs, values };
  if (resetMs !== null && resetMs !== state.resetMs) return { startMs: resetMs, resetMs, values };
  return { startMs: Math.max(serverStartMs, atMs), resetMs, values };
}

function hasFallen(now: readonly string[], before: readonly string[]): boolean {
  return now.some((value, at) => BigInt(value) < BigInt(before[at] ?? '0'));
}
