import type { Deltas, Interval } from './interval-deltas.js';
import type { StatementRow } from './statement-rows.js';

/** Places are given by each of these costs in the interval. */
export const costs = ['time', 'calls', 'reads', 'writes', 'temp'] as const;
export type Cost = (typeof costs)[number];

const costOf: Readonly<Record<Cost, (deltas: Deltas) => number>> = {
  time: (deltas) => deltas.exec_time,
  calls: (deltas) => deltas.calls,
  reads: (deltas) => deltas.blocks_read,
  writes: (deltas) => deltas.blocks_dirtied,
  temp: (deltas) => deltas.temp_blocks_read + deltas.temp_blocks_written,
};

const places = 10;

export interface Ranked {
  readonly row: StatementRow;
  readonly deltas: Deltas;
  /** Its place by each cost, from 1; absent beyond the tenth, and where it cost nothing. */
  readonly ranks: Readonly<Partial<Record<Cost, number>>>;
}

/** The statements that cost most in the interval, by any cost, the dearest by time first. `own`: query ids of the collector itself. */
export function rankStatements({ entries }: Interval, own: readonly string[]): Ranked[] {
  const ownIds = new Set(own);
  const others = entries.filter(({ row }) => !ownIds.has(row.queryid));
  const ranks = new Map<(typeof others)[number], Partial<Record<Cost, number>>>();
  for (const cost of costs) {
    const dear = others.filter(({ deltas }) => costOf[cost](deltas) > 0);
    const top = dear.toSorted((a, b) => costOf[cost](b.deltas) - costOf[cost](a.deltas)).slice(0, places);
    top.forEach((entry, at) => ranks.set(entry, { ...ranks.get(entry), [cost]: at + 1 }));
  }
  const ranked = [...ranks].map(([entry, its]) => ({ ...entry, ranks: its }));
  return ranked.toSorted((a, b) => b.deltas.exec_time - a.deltas.exec_time);
}
