import type { Ledger } from './ledger.js';

/** When a record arrives, and which times of its points count. ms since 1970 UTC. */
export interface Moment {
  readonly nowMs: number;
  /** Points from here on are fenced: a newer incarnation has taken over. */
  readonly fencedFromMs: number;
  /** Points from here on are refused: their clock is wrong, and they would hide all later points. */
  readonly futureFromMs: number;
}

/** Counts a point whose time does not count. */
export function countCutOff(ledger: Ledger, pointMs: number, { fencedFromMs }: Moment): void {
  if (pointMs >= fencedFromMs) ledger.fencedPoints++;
  else ledger.rejectedPoints++;
}
