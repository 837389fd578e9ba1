import { z } from 'zod';
import type { Baseline } from './interval-deltas.js';
import { statementCounters } from './statement-rows.js';
import type { TextCache } from './statement-texts.js';
import type { StatementTotals } from './statement-totals.js';

/** What the family knows of the pass before. */
export interface StatementMemory {
  readonly baseline: Baseline;
  readonly totals: StatementTotals;
  readonly texts: TextCache;
}

const counterValues = z.array(z.string().regex(/^\d+(\.\d+)?(e[+-]\d+)?$/)).length(statementCounters.length);
const sums = z.object(Object.fromEntries(statementCounters.map((counter) => [counter, z.number()])));

const memorySchema = z.object({
  baseline: z.object({
    atMs: z.number(),
    serverNow: z.string(),
    serverStarted: z.string(),
    extensionMinor: z.string(),
    reset: z.string().nullable(),
    evictions: z.string().nullable(),
    entries: z.record(z.string(), counterValues),
  }),
  totals: z.object({ takenAtMs: z.number(), sinceMs: z.number(), databases: z.record(z.string(), sums) }),
  texts: z.object({
    notBeforeMs: z.number(),
    texts: z.record(z.string(), z.object({ user: z.string(), query: z.string() })),
    own: z.array(z.string()),
  }),
});

/** What an owner before left, maybe of another version: `undefined` when it can't be used, and the baseline is made anew. */
export function readStatementMemory(json: unknown): StatementMemory | undefined {
  return memorySchema.safeParse(json).data as StatementMemory | undefined;
}
