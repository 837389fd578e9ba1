import type { LedgerTotals } from '../summary/summary.js';

/** The counts of one partition since its topic began. Of records, but for points where the name says so. */
export type Ledger = { -readonly [Name in Exclude<keyof LedgerTotals, 'missing' | 'overdue' | 'dropped'>]: number } & {
  /** Counters that began anew: the value fell, or the source said so. */
  resets: number;
  /** Points of series that the limits did not admit. */
  refusedPoints: number;
  /** Points and events of older incarnations in records that were applied otherwise. */
  fencedPoints: number;
};

export function newLedger(): Ledger {
  return {
    received: 0,
    applied: 0,
    duplicate: 0,
    fenced: 0,
    deadLettered: 0,
    skipped: 0,
    unverified: 0,
    latePoints: 0,
    rejectedPoints: 0,
    resets: 0,
    refusedPoints: 0,
    fencedPoints: 0,
  };
}
