import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { encodeSnapshot, PartitionState, restoreSnapshot, type Refused, type StoreLimits } from '@omninode/aggregation';
import {
  deadLetterRecord,
  decodeRecord,
  errorCode,
  type Bus,
  type BusRecord,
  type RecordBatch,
  type Topics,
} from '@omninode/contracts';
import type { PartitionCompanion } from './companion.js';

export interface WorkerOptions {
  readonly partition: number;
  readonly bus: Bus;
  readonly topics: Topics;
  readonly limits: StoreLimits;
  /** Makes what lives beside the series. */
  companions(state: () => PartitionState): readonly PartitionCompanion[];
  nowMs(): number;
  log: WorkerLog;
}

export interface WorkerLog {
  info(sentence: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(sentence: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * Owns one partition of the measurement topic for as long as it is assigned: restores its state, applies its records, and
 * writes the state back with the input offset inside it. Offsets advance only with state, so a restart at any moment
 * changes no counter.
 */
export class PartitionWorker {
  state: PartitionState;
  endOffset = 0;
  private savedOffset = -1;
  private savedRevision = 0;
  private takenAtOffset = 0;
  /** Whether the state counts a dead letter that is not in its topic. */
  private hasUnparked = false;
  /** Snapshots and batches take turns: a snapshot is of one moment. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly companions: readonly PartitionCompanion[];

  constructor(private readonly options: WorkerOptions) {
    this.state = new PartitionState(options.limits);
    this.companions = options.companions(() => this.state);
  }

  /**
   * Whether everything is applied that was on the bus when the partition was taken: before that its counters may be lower than
   * what the owner before has shown, which a scraper would take for a reset.
   */
  get isCaughtUp(): boolean {
    return this.state.nextOffset >= this.takenAtOffset;
  }

  /** Reads the newest snapshot of the partition. Resolves to the offset of the first record that is not in it. */
  async restore(signal: AbortSignal): Promise<number | 'beginning'> {
    const { bus, topics, partition } = this.options;
    this.takenAtOffset = this.endOffset = await bus.endOffset(topics.measurement, partition);
    const from = await this.restoreSnapshot(signal);
    for (const companion of this.companions) await companion.restore(this.state.beside[companion.name], signal);
    this.state.onApplied = (record, nowMs) => {
      for (const companion of this.companions) companion.afterRecord(record, nowMs);
    };
    if (this.state.nextOffset <= this.endOffset) return from;
    this.beginAnew(this.endOffset);
    return 'beginning';
  }

  /** The log ends before what we have read of it: the topic was deleted and made anew. What is known of its series stays. */
  private beginAnew(endOffset: number): void {
    const { partition, log } = this.options;
    const { nextOffset: offset } = this.state;
    log.warn('The measurement topic was made anew: its partition is read from the beginning.', {
      partition,
      offset,
      endOffset,
    });
    this.state.nextOffset = this.takenAtOffset = 0;
    this.endOffset = endOffset;
  }

  private async restoreSnapshot(signal: AbortSignal): Promise<number | 'beginning'> {
    const { bus, topics, partition, log } = this.options;
    let newest: BusRecord | undefined;
    await bus.readToEnd(topics.state, partition, (record) => (newest = record), signal);
    if (!newest?.value) return 'beginning';
    try {
      this.state = restoreSnapshot(newest.value, this.options.limits);
    } catch (error) {
      // The stream is the truth: without a usable snapshot the same state is made from it again.
      log.warn('A snapshot can not be used; its partition is read from the beginning.', {
        partition,
        code: errorCode(error),
        offset: newest.offset,
      });
      return 'beginning';
    }
    this.savedOffset = this.state.nextOffset;
    log.info('A partition was restored.', { partition, offset: this.state.nextOffset, series: this.state.store.size });
    return this.state.nextOffset;
  }

  apply(batch: RecordBatch): Promise<void> {
    return this.inTurn(async () => {
      if (batch.endOffset < this.state.nextOffset) this.beginAnew(batch.endOffset);
      this.endOffset = Math.max(this.endOffset, batch.endOffset);
      if (!batch.isCurrent() || this.hasUnparked) return;
      // The hot path: nothing is awaited, and so nothing can change, until a record is refused.
      for (const record of batch.records) {
        // Redelivered after a failure in the middle of a batch: it is in the state already.
        if (record.offset < this.state.nextOffset) continue;
        const refusal = this.applyRecord(record);
        if (!refusal) continue;
        await this.park(record, refusal, batch);
        if (!batch.isCurrent() || this.hasUnparked) return;
      }
      await this.flushCompanions(batch.isCurrent);
    });
  }

  /** What is due by the clock alone: called about every second. */
  tick(isCurrent: () => boolean): Promise<void> {
    return this.inTurn(() => this.flushCompanions(isCurrent));
  }

  /** Writes the state, if it has moved on since it was written last. */
  snapshot(): Promise<void> {
    return this.inTurn(async () => {
      const { bus, topics, partition } = this.options;
      const { nextOffset } = this.state;
      const revision = this.companions.reduce((sum, companion) => sum + companion.revision, 0);
      if ((nextOffset === this.savedOffset && revision === this.savedRevision) || this.hasUnparked) return;
      this.state.forget(this.options.nowMs());
      this.state.beside = Object.fromEntries(this.companions.map((companion) => [companion.name, companion.form()]));
      const value = await encodeSnapshot(this.state, () => breathe());
      await bus.publish([{ topic: topics.state, key: String(partition), partition, value }]);
      this.savedOffset = nextOffset;
      this.savedRevision = revision;
    });
  }

  private async flushCompanions(isCurrent: () => boolean): Promise<void> {
    const { nowMs } = this.options;
    for (const companion of this.companions) {
      if (!isCurrent()) return;
      await companion.flush({ nowMs: nowMs(), isCaughtUp: this.isCaughtUp, isCurrent });
    }
  }

  private applyRecord(record: BusRecord): Refused | undefined {
    const decoded = decodeRecord(record.value, record.headers['content-type'], record.key);
    const position = { offset: record.offset, timestampMs: record.timestampMs };
    return this.state.take(decoded, position, this.options.nowMs());
  }

  /**
   * Tries until the dead letter is acknowledged: the state counts the record already. Where the partition is lost or the process
   * ends before, the state is written nowhere any more, and the next owner meets the record again.
   */
  private async park(record: BusRecord, { code, detail }: Refused, batch: RecordBatch): Promise<void> {
    const { bus, topics, log, partition } = this.options;
    const letter = deadLetterRecord(topics.deadLetter, record, code, detail);
    this.hasUnparked = true;
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        await bus.publish([letter]);
        this.hasUnparked = false;
        return;
      } catch (error) {
        log.warn('A dead letter could not be written; trying again.', {
          partition,
          offset: record.offset,
          code: errorCode(error),
        });
        await sleep(pauseMs, undefined, { signal: batch.signal }).catch(() => undefined);
        if (batch.signal.aborted) return;
      }
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
