import type { OwnSample, PartitionState } from '@omninode/aggregation';
import type { Bus, DecodedRecord, Topics } from '@omninode/contracts';
import type { WorkerLog } from './partition-worker.js';

/**
 * What lives beside the series of a partition and moves with them, in the same snapshot: its alerts, its rollups. It sees each
 * record once, right after the state took it, so that what it decides is as exact over restarts as the counters are.
 */
export interface PartitionCompanion {
  /** Its key in the snapshot. */
  readonly name: string;
  /**
   * Called once, when the state is restored and before the first record. `form` is what `form()` gave, or undefined where there
   * is none. May read the bus; a rejection is tried again.
   */
  restore(form: unknown, signal: AbortSignal): Promise<void>;
  /** The hot path: right after a record changed the state. Duplicates, fenced and refused records do not come here. */
  afterRecord(record: DecodedRecord, nowMs: number): void;
  /**
   * After each batch and about every second, never beside another call: publishes what is due. What can not be published stays
   * due, and is in `form()`. `isCurrent` is false once the partition may be another's: then nothing may be published.
   */
  flush(moment: FlushMoment): Promise<void>;
  /** Grows whenever `form()` changed by something else than a record. */
  readonly revision: number;
  /**
   * What a snapshot holds of it, as JSON can. What may be long is a `Listed`: it is read in pieces, and neither a record nor `flush`
   * comes before it is through.
   */
  form(): unknown;
}

export interface FlushMoment {
  readonly nowMs: number;
  /** Whether everything is applied that was on the bus when the partition was taken. */
  readonly isCaughtUp: boolean;
  isCurrent(): boolean;
}

export interface CompanionContext {
  readonly partition: number;
  /** The state at any moment: `state().store` is another object after old series were forgotten, with other numbers. */
  state(): PartitionState;
  readonly bus: Bus;
  readonly topics: Topics;
  readonly log: WorkerLog;
  /** What the mesh says of itself as a whole; only the owner of partition 0 judges it. */
  meshSamples(): readonly OwnSample[];
}

export type CompanionFactory = (context: CompanionContext) => PartitionCompanion;
