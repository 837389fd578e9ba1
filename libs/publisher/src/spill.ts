import { errorCode } from '@omninode/contracts';
import { countUp } from './counts.js';
import type { Counts } from './counts.js';
import type { Memory, Source } from './memory.js';
import type { OutgoingRecord } from './outgoing.js';
import type { BatchLimit } from './record-queue.js';

/** What the outbox needs of a spool: a source that takes records at its end. */
export interface Store extends Source {
  /** Rejects when not all of them could be written; then none is kept. */
  append(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
  readonly bytes: number;
  /** Records that were not settled, as far as their segments were written or read by this process. */
  readonly unsettled: number;
}

export interface SpillOptions {
  readonly counts: Counts;
  readonly batch: BatchLimit;
  readonly maxMemoryBytes: number;
  /** Without progress for this long, what waits goes to the spool, ms. */
  readonly spoolAfterMs: number;
  /** After a failed write the spool is left alone for this long, ms. */
  readonly spoolRetryMs: number;
  now(): number;
  onProblem(error: unknown): void;
}

/** Moves records from memory to the spool, one move at a time. What the spool does not take stays in memory. */
export class Spill {
  private moving: Promise<void> | null = null;
  private batch: readonly OutgoingRecord[] = [];
  private failedAtMs: number | null = null;

  constructor(
    private readonly memory: Memory,
    private readonly spool: Store,
    private readonly options: SpillOptions,
  ) {}

  /** Records that have left memory and are not in the spool yet. */
  get onTheWay(): readonly OutgoingRecord[] {
    return this.batch;
  }

  /** While records move they are nowhere else: nothing may be taken from memory or spool. */
  get underWay(): Promise<void> | null {
    return this.moving;
  }

  /** Past half of the memory, or when the bus took nothing since `progressAtMs` for a while. */
  isDue(progressAtMs: number): boolean {
    const { maxMemoryBytes, spoolAfterMs, spoolRetryMs, now } = this.options;
    if (this.memory.isEmpty || (this.failedAtMs !== null && now() - this.failedAtMs < spoolRetryMs)) return false;
    return this.memory.bytes > maxMemoryBytes / 2 || now() - progressAtMs >= spoolAfterMs;
  }

  /** Never rejects. */
  move(): Promise<void> {
    if (this.memory.isEmpty) return this.moving ?? Promise.resolve();
    this.moving ??= this.moveAll();
    return this.moving;
  }

  private async moveAll(): Promise<void> {
    const { counts, batch, now, onProblem } = this.options;
    let taken = true;
    while (taken && !this.memory.isEmpty) {
      this.batch = this.memory.take(batch);
      try {
        await this.spool.append(this.batch);
        counts.spooledRecords += this.batch.length;
        this.failedAtMs = null;
      } catch (error) {
        taken = false;
        this.memory.putBack(this.batch);
        countUp(counts.failures, errorCode(error));
        if (this.failedAtMs === null) onProblem(error);
        this.failedAtMs = now();
      }
      this.batch = [];
    }
    // In one step with the last look at the memory, so that no record is put between the two and forgotten.
    this.moving = null;
  }
}
