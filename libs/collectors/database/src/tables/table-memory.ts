import { z } from 'zod';
import type { ScanTotals } from './rank-tables.js';
import type { TableRow } from './table-rows.js';

const scans = z.tuple([z.number(), z.number()]);

/** What is known of a database from its visit before. */
const databaseSchema = z.object({
  /** When it was asked last, in vain or not, ms since 1970 UTC. */
  visitedAtMs: z.number(),
  /** Absent until a visit succeeded. */
  read: z
    .object({
      /** Of all tables together. */
      all: scans,
      tables: z.record(z.string(), scans),
      /** Totals of the tables that are not listed, and whose they are: the owner that took the target then. */
      other: z.object({ takenAtMs: z.number(), sinceMs: z.number(), totals: scans }),
    })
    .optional(),
});
export type DatabaseMemory = z.infer<typeof databaseSchema>;
export type ReadBefore = NonNullable<DatabaseMemory['read']>;

/** By name of the database. */
export const tableMemorySchema = z.object({ databases: z.record(z.string(), databaseSchema) });
export type TableMemory = z.infer<typeof tableMemorySchema>;

/** A visit of more would keep the target's other families waiting; the next pass goes on with those that waited longest. */
export const databasesInPass = 20;

/** Which databases are to be visited in this pass: those that were visited longest ago. */
export function nextDatabases(databases: readonly string[], memory: TableMemory | undefined): readonly string[] {
  const visitedAtMs = (database: string) => memory?.databases[database]?.visitedAtMs ?? 0;
  return databases.toSorted((one, other) => visitedAtMs(one) - visitedAtMs(other)).slice(0, databasesInPass);
}

/**
 * What the next visit must know. The totals of the tables that are not listed are what all grew by, less what the listed ones
 * did: tables change places, and a sum over those that are not listed would fall and rise by whole lives. Where a table was
 * dropped or is newly listed it is too little rather than too much.
 */
export function readNow(
  rows: readonly TableRow[],
  listed: readonly TableRow[],
  { before, atMs, takenAtMs }: { before: ReadBefore | undefined; atMs: number; takenAtMs: number },
): ReadBefore {
  const totals = rows.map((row) => [row, scansOf(row)] as const);
  const tables: ScanTotals = Object.fromEntries(
    totals.flatMap(([{ relid }, own]) => (relid === null ? [] : [[relid, own]])),
  );
  const all = [0, 1].map((at) => totals.reduce((sum, [, own]) => sum + (own[at] as number), 0));
  const isOurs = before?.other.takenAtMs === takenAtMs;
  const grown = (at: 0 | 1) => {
    if (!before) return 0;
    const ofListed = listed.reduce((sum, row) => {
      const now = scansOf(row)[at];
      const then = before.tables[row.relid as string]?.[at] ?? 0;
      return sum + (now >= then ? now - then : now);
    }, 0);
    return Math.max(0, (all[at] as number) - before.all[at] - ofListed);
  };
  const past = isOurs ? before.other.totals : [0, 0];
  return {
    all: [all[0] as number, all[1] as number],
    tables: tables as ReadBefore['tables'],
    other: {
      takenAtMs,
      sinceMs: isOurs ? before.other.sinceMs : before ? takenAtMs : atMs,
      totals: [(past[0] as number) + grown(0), (past[1] as number) + grown(1)],
    },
  };
}

function scansOf({ scans: count, scanned_rows: rows }: TableRow): readonly [number, number] {
  return [Number(count ?? 0), Number(rows ?? 0)];
}
