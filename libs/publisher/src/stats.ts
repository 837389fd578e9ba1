import type { Counts } from './counts.js';

/** What happened since the publisher was made, and what waits now. */
export interface PublisherStats extends Readonly<Counts> {
  /** In memory. */
  readonly queuedRecords: number;
  readonly queuedBytes: number;
  /** Age of the oldest record in memory, ms; `null` when none waits. */
  readonly oldestQueuedAgeMs: number | null;
  /** Bytes that wait on disk, those of dead processes included. */
  readonly spoolBytes: number;
  /** Defined by the writers that are open. */
  readonly series: number;
  /** Producers of which records were dropped. */
  readonly droppedByProducer: readonly DroppedRecords[];
}

export interface DroppedRecords {
  readonly producer: string;
  readonly incarnation: number;
  readonly dropped: number;
}
