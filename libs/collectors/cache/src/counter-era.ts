import { z } from 'zod';

/** Counters that begin anew together, as one reply tells of them. */
export interface CountersNow {
  /** The run_id of the server process; absent where the source does not name its runs. */
  readonly run?: string;
  /** How long that process has run at least, ms. */
  readonly upMs?: number;
  /** Since when they count if nothing but a start ever reset them, ms since 1970 UTC. */
  readonly startMs?: number;
  /** Whether they may have been reset since that start. */
  readonly mayHaveBeenReset: boolean;
  /** Counters that only grow, as the source wrote them. */
  readonly counts: Readonly<Record<string, string | undefined>>;
}

/** What the next pass must know of them. */
export const eraSchema = z.object({
  run: z.string().nullable(),
  /** Since when they count, ms since 1970 UTC; `null`: the source does not say. */
  startMs: z.number().nullable(),
  atMs: z.number(),
  counts: z.record(z.string(), z.string().regex(/^\d+$/)),
});
export type Era = z.infer<typeof eraSchema>;

/**
 * Why counters began anew. `restart`: the process was started since the pass before. `failover`: another process, which ran
 * then already, answers at the address. `resetstat`: the same process, CONFIG RESETSTAT. `unknown`: a source that names no
 * runs counts less than before.
 */
export const resetReasons = ['restart', 'failover', 'resetstat', 'unknown'] as const;
export type ResetReason = (typeof resetReasons)[number];

export interface Counted {
  readonly era: Era;
  readonly reset: ResetReason | undefined;
}

/** A value that fell proves a reset; with the run and how long it lasts it is told why. */
export function countedSince(now: CountersNow, before: Era | undefined, atMs: number): Counted {
  const said = Object.entries(now.counts).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const era = { run: now.run ?? null, atMs, counts: Object.fromEntries(said) };
  const sinceStart = now.mayHaveBeenReset ? null : (now.startMs ?? null);
  if (!before) return { era: { ...era, startMs: sinceStart }, reset: undefined };
  if (era.run !== before.run) {
    const ranThen = now.upMs !== undefined && atMs - now.upMs < before.atMs;
    return { era: { ...era, startMs: sinceStart }, reset: ranThen ? 'failover' : 'restart' };
  }
  if (!hasFallen(era.counts, before.counts)) return { era: { ...era, startMs: before.startMs }, reset: undefined };
  return { era: { ...era, startMs: before.atMs }, reset: era.run === null ? 'unknown' : 'resetstat' };
}

function hasFallen(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): boolean {
  return Object.entries(now).some(([name, value]) => BigInt(value) < BigInt(before[name] ?? '0'));
}
