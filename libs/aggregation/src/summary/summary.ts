import type { BreakerCriticality, BreakerState, FamilyStatus } from '@omninode/contracts';
import type { PartitionTotals } from './totals.js';

/**
 * What a partition's owner tells all replicas on the summary topic, every few seconds. Everything that spans partitions
 * (health, targets, ledger totals) is answered from these, so that any replica answers for the whole mesh.
 */
export interface PartitionSummary {
  readonly version: 1;
  readonly partition: number;
  /** The process that owns the partition, by its instance name. */
  readonly owner: string;
  /** When the owner wrote this, ms since 1970 UTC. */
  readonly atMs: number;
  /** The next offset that the owner will read, and the offset that the next record would get: their difference is the lag. */
  readonly nextOffset: number;
  readonly endOffset: number;
  readonly ledger: LedgerTotals;
  /** Of `ledger.missing`: those that are awaited for so long that they will not come. Absent in summaries of earlier versions. */
  readonly overdue?: number;
  /** Producers whose ledger does not close, the worst first; at most 50. */
  readonly gaps: readonly ProducerGap[];
  readonly series: { readonly live: number; readonly expired: number; readonly refused: number };
  readonly targets: readonly TargetSummary[];
  /** Breakers that are open, half open or held open, the most critical first; at most 100. Absent in summaries of earlier versions. */
  readonly breakers?: readonly BreakerSummary[];
  /** What requests and breakers add up to. Absent in summaries of earlier versions. */
  readonly totals?: PartitionTotals;
}

export interface BreakerSummary {
  /** The target or service that tells of it. */
  readonly entity: string;
  readonly component: string;
  readonly criticality: BreakerCriticality;
  readonly state: BreakerState;
  /** When it came into this state, ms since 1970 UTC; absent when no event tells. */
  readonly sinceMs?: number;
}

/** Counts of records, but for `latePoints` and `rejectedPoints`. `received = applied + duplicate + fenced + deadLettered + skipped`. */
export interface LedgerTotals {
  readonly received: number;
  readonly applied: number;
  readonly duplicate: number;
  readonly fenced: number;
  readonly deadLettered: number;
  /** Of a kind that this version does not know. */
  readonly skipped: number;
  /** Of the applied: without a sequence, so that a loss can't be proven. */
  readonly unverified: number;
  /** Sequences between a producer's first and last that never came and were not reported as dropped. */
  readonly missing: number;
  /** What producers say that they had to drop. */
  readonly dropped: number;
  readonly latePoints: number;
  readonly rejectedPoints: number;
}

export interface ProducerGap {
  readonly producer: string;
  readonly incarnation: number;
  readonly lastSequence: number;
  readonly received: number;
  readonly dropped: number;
  readonly missing: number;
}

export interface TargetSummary {
  readonly id: string;
  readonly kind: string;
  /** What the configuration says of it besides its id. Absent when nothing, and in summaries of earlier versions. */
  readonly labels?: Readonly<Record<string, string>>;
  /** When the newest of its measurements was taken, ms since 1970 UTC. */
  readonly lastDataMs: number;
  readonly families: readonly FamilySummary[];
}

export interface FamilySummary {
  readonly family: string;
  readonly status: FamilyStatus;
  /** What is the matter and what to do; empty when `ok`. */
  readonly reason: string;
  readonly sinceMs: number;
}
