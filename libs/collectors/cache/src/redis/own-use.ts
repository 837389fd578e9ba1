import { z } from 'zod';
import type { ResetReason } from '../counter-era.js';

/** The name of our connection in CLIENT LIST and SLOWLOG. */
export const ownConnectionName = 'omninode-mesh';

/** What the collector itself did to a server, as far as its INFO counts it. */
export interface OwnUse {
  /** Names the one that counts among all that ever did. */
  readonly counter: string;
  /** Since it began, over all connections, by `ownKeys`. Only what was answered, so it is never more than the server counts. */
  readonly counts: Counts;
  /** Of these, what the present connection did. */
  readonly ofConnection: Counts;
}

export type Counts = Readonly<Record<string, number>>;

export const ownKeys = {
  connections: 'connections',
  /** By full name: `slowlog|get`. */
  calls: (command: string) => `calls ${command}`,
  failed: (command: string) => `failed ${command}`,
  rejected: (command: string) => `rejected ${command}`,
  /** By the first word of the error. */
  errors: (type: string) => `errors ${type}`,
} as const;

/** What was ours in the counters of a server since they began, whichever owner did it. */
export const ownTotalsSchema = z.object({
  counter: z.string(),
  seen: z.record(z.string(), z.number()),
  total: z.record(z.string(), z.number()),
});
export type OwnTotals = z.infer<typeof ownTotalsSchema>;

/**
 * Adds what we did since the pass before. A server that was not seen before, or is a new process, knows only the present
 * connection. After a RESETSTAT nobody knows which of our commands of that interval were before it, so none is counted. What
 * is missed stays in the server's figures: they never fall by it.
 */
export function addOwn(
  before: OwnTotals | undefined,
  { counter, counts, ofConnection }: OwnUse,
  reset: ResetReason | undefined,
): OwnTotals {
  const now = { counter, seen: { ...counts } };
  if (reset === 'resetstat') return { ...now, total: {} };
  if (!before || reset) return { ...now, total: { ...ofConnection } };
  const seen = before.counter === counter ? before.seen : {};
  const total: Record<string, number> = { ...before.total };
  for (const [key, count] of Object.entries(counts)) total[key] = (total[key] ?? 0) + count - (seen[key] ?? 0);
  return { ...now, total };
}

/** What others did: never below 0. `undefined` where the server does not say. */
export function withoutOwn(count: string | undefined, own: number): number | undefined {
  return count === undefined ? undefined : Math.max(0, Number(count) - own);
}

/** Our share of a command's counts. Redis before 7 counts by command, not by subcommand. */
export function ownOf(totals: Counts, key: (command: string) => string, command: string): number {
  const own = Object.entries(totals).filter(
    ([name]) => name === key(command) || (!command.includes('|') && name.startsWith(key(`${command}|`))),
  );
  return own.reduce((sum, [, count]) => sum + count, 0);
}
