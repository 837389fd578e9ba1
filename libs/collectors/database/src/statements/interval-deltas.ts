import { difference } from '@omninode/collector-kit';
import { isTime, keyOf, statementCounters } from './statement-rows.js';
import type { ModuleRow, StatementCounter, StatementRow } from './statement-rows.js';

/** What a pass leaves for the next: counters of every entry in the order of `statementCounters`, and what may have reset them. */
export interface Baseline {
  readonly atMs: number;
  /** The server's clock, s since 1970. */
  readonly serverNow: string;
  readonly serverStarted: string;
  readonly extensionMinor: string;
  readonly reset: string | null;
  readonly evictions: string | null;
  readonly entries: Readonly<Record<string, readonly string[]>>;
}

export type Deltas = Readonly<Record<StatementCounter, number>>;

/** What happened between two passes. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
  /** Entries were thrown out meanwhile: what they did between the pass before and their end is not in here. */
  readonly isLossy: boolean;
  readonly entries: readonly { readonly row: StatementRow; readonly deltas: Deltas }[];
}

export function baselineOf(module: ModuleRow, rows: readonly StatementRow[], atMs: number): Baseline {
  const entries = rows.map((row) => [keyOf(row), statementCounters.map((counter) => row[counter])] as const);
  return {
    atMs,
    serverNow: module.now,
    serverStarted: module.started,
    extensionMinor: module.extension_minor,
    reset: module.reset,
    evictions: module.evictions,
    entries: Object.fromEntries(entries),
  };
}

/**
 * What each entry did since the baseline. `undefined` where nobody can tell: before the first baseline, and after the
 * server was started anew, for then another server may answer at the address, with a past of its own. Nor after an update of the
 * extension, which tells entries apart that were one before.
 */
export function intervalSince(
  baseline: Baseline | undefined,
  module: ModuleRow,
  rows: readonly StatementRow[],
  atMs: number,
): Interval | undefined {
  if (!baseline || baseline.serverStarted !== module.started) return undefined;
  if (baseline.extensionMinor !== module.extension_minor) return undefined;
  const wasReset = module.reset !== baseline.reset;
  const entries = rows.flatMap((row) => {
    const beganAnew = wasReset || (row.since !== null && Number(row.since) > Number(baseline.serverNow));
    const before = beganAnew ? undefined : baseline.entries[keyOf(row)];
    const deltas = deltasOf(row, before);
    return deltas.calls > 0 || deltas.exec_time > 0 ? [{ row, deltas }] : [];
  });
  const evicted = module.evictions !== baseline.evictions;
  // With the start of each entry known, an entry that came back is counted right; what it did before it went is lost all the same.
  return { fromMs: baseline.atMs, toMs: atMs, isLossy: evicted || wasReset, entries };
}

/** An entry that was not there, or that fell in any counter, was made anew since: all that it counts is of this interval. */
function deltasOf(row: StatementRow, before: readonly string[] | undefined): Deltas {
  const grown = before && statementCounters.map((counter, at) => growth(counter, row[counter], before[at] ?? '0'));
  const isGrowth = grown !== undefined && grown.every((delta) => delta >= 0);
  const values = isGrowth ? grown : statementCounters.map((counter) => Number(row[counter]));
  return Object.fromEntries(statementCounters.map((counter, at) => [counter, values[at] as number])) as Record<
    StatementCounter,
    number
  >;
}

function growth(counter: StatementCounter, now: string, before: string): number {
  return isTime(counter) ? Number(now) - Number(before) : difference(now, before);
}
