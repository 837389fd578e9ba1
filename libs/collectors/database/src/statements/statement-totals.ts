import type { Deltas, Interval } from './interval-deltas.js';
import { statementCounters } from './statement-rows.js';
import type { StatementRow } from './statement-rows.js';

/** Totals per database that one owner of the target added up. */
export interface StatementTotals {
  /** The owner: when it took the target. Another one begins with totals of its own. */
  readonly takenAtMs: number;
  /** Since when they count, ms since 1970 UTC. */
  readonly sinceMs: number;
  readonly databases: Readonly<Record<string, Deltas>>;
}

/**
 * The totals after an interval. They begin with the owner and are not taken over: a memory is saved a little later than what
 * it belongs to is published, and a total that went on from there would go back a little, which reads as a whole new total.
 */
export function addTotals(
  before: { readonly totals: StatementTotals } | undefined,
  interval: Interval | undefined,
  { rows, atMs, takenAtMs }: { rows: readonly StatementRow[]; atMs: number; takenAtMs: number },
): StatementTotals {
  const isOurs = before?.totals.takenAtMs === takenAtMs;
  const sums = new Map<string, Record<keyof Deltas, number>>();
  const sumOf = (database: string) => {
    const sum = sums.get(database) ?? { ...((isOurs && before.totals.databases[database]) || nothing()) };
    sums.set(database, sum);
    return sum;
  };
  for (const database of isOurs ? Object.keys(before.totals.databases) : []) sumOf(database);
  for (const row of rows) sumOf(nameOf(row)); // a database without work yet has a total of 0, not none
  for (const { row, deltas } of interval?.entries ?? []) {
    const sum = sumOf(nameOf(row));
    for (const counter of statementCounters) sum[counter] += deltas[counter];
  }
  // A first interval of ours began before us; told as such, it would not read as a new beginning after the last owner's totals.
  const sinceMs = isOurs ? before.totals.sinceMs : interval ? takenAtMs : atMs;
  return { takenAtMs, sinceMs, databases: Object.fromEntries(sums) };
}

function nameOf({ database }: StatementRow): string {
  return database ?? 'dropped';
}

function nothing(): Record<keyof Deltas, number> {
  return Object.fromEntries(statementCounters.map((counter) => [counter, 0])) as Record<keyof Deltas, number>;
}
