import { errorCode } from '@omninode/contracts';
import { countUp } from './counts.js';
import type { Counts } from './counts.js';
import { deliver } from './delivery.js';
import type { Failure, Route } from './delivery.js';
import { publisherErrors } from './errors.js';
import { Memory } from './memory.js';
import type { Source } from './memory.js';
import { dropRecord } from './outgoing.js';
import type { OutgoingRecord } from './outgoing.js';
import { Pause, retryPauseMs } from './pause.js';
import type { BatchLimit } from './record-queue.js';

export interface OutboxOptions {
  readonly route: Route;
  readonly counts: Counts;
  /** How long the first record of an idle outbox waits for company, ms. */
  readonly lingerMs: number;
  readonly batch: BatchLimit;
  readonly maxMemoryBytes: number;
  /** Without progress for this long, what waits goes to the spool, ms. */
  readonly spoolAfterMs: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  now(): number;
  random(): number;
  onAcknowledged(records: readonly OutgoingRecord[]): void;
  /** Called when the bus or the spool begins to fail, and for each record that the bus refuses. */
  onProblem(error: unknown): void;
}

/** What the outbox needs of a spool: a source that takes records at its end. */
export interface Store extends Source {
  /** Rejects when not all of them could be written; then none is kept. */
  append(records: readonly OutgoingRecord[]): Promise<void>;
  close(): Promise<void>;
  /** Records that this process appended and that were not settled. */
  readonly unsettled: number;
}

/** Records that were not acknowledged: lost, or kept on disk for the next process. */
export interface Remainder {
  readonly undelivered: number;
  readonly spooled: number;
}

/**
 * One for all writers of a process. The order is always: batch in hand, spool, memory; one publish is in flight, and what
 * waits meanwhile goes with the next. So records of one producer keep their order whatever fails.
 */
export class Outbox {
  private readonly memory = new Memory();
  private readonly pause = new Pause();
  private readonly idleWaiters = new Set<() => void>();
  private readonly orphans: Source[] = [];
  private orphansTurn = false;
  private spool: Store | null = null;
  private spoolFails = false;
  private running: Promise<void> | null = null;
  private spilling: Promise<void> | null = null;
  private hurried = false;
  private closed = false;
  private stopped = false;
  private failedRounds = 0;
  private progressAtMs = 0;

  /** `opening`: resolves to the spool, or to `null` when there is none. Nothing is sent before. */
  constructor(
    private readonly opening: Promise<Store | null>,
    private readonly options: OutboxOptions,
  ) {}

  get queued(): { readonly records: number; readonly bytes: number; readonly oldestAtMs: number | null } {
    return {
      records: this.memory.length,
      bytes: this.memory.bytes,
      oldestAtMs: this.memory.oldest?.queuedAtMs ?? null,
    };
  }

  /** Begins to send what a spool holds, and what is put. */
  start(): void {
    if (this.running || this.stopped) return;
    this.progressAtMs = this.options.now();
    this.running = this.run();
  }

  put(record: OutgoingRecord): void {
    if (this.closed) return this.drop([record], 'PUBLISHER_CLOSED');
    if (!this.hasRoomFor(record.value.length)) return this.drop([record], 'MEMORY_FULL');
    this.memory.push(record);
    this.start();
    if (this.mustSpill()) this.spill();
    if (this.failedRounds === 0 && this.hasFullBatch()) this.pause.end();
  }

  /** Adds a source whose producers are dead: it takes turns with what the living write. */
  adopt(orphan: Source): void {
    this.orphans.push(orphan);
    this.start();
  }

  /** Sends now, and resolves when nothing waits in memory or the own spool, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<Remainder> {
    this.hurried = true;
    this.pause.end();
    await this.untilIdle(timeoutMs);
    this.hurried = false;
    return { undelivered: this.memory.length, spooled: this.spool?.unsettled ?? 0 };
  }

  /** Takes no more, tries until `timeoutMs` is over, and leaves the rest in the spool. */
  async close(timeoutMs: number): Promise<Remainder> {
    this.closed = true;
    await this.flush(timeoutMs);
    this.stopped = true;
    this.pause.end();
    this.spool ??= await this.opening;
    while (this.spilling) await this.spilling;
    await this.spill();
    const lost = this.memory.take({ records: Infinity, bytes: Infinity });
    const alsoLost = this.memory.take({ records: Infinity, bytes: Infinity });
    this.drop([...lost, ...alsoLost], 'UNDELIVERED_AT_CLOSE');
    await this.spool?.close();
    return { undelivered: lost.length + alsoLost.length, spooled: this.spool?.unsettled ?? 0 };
  }

  private async run(): Promise<void> {
    this.spool ??= await this.opening;
    if (!this.hurried && !this.hasFullBatch()) await this.pause.wait(this.options.lingerMs);
    while (!this.stopped) {
      while (this.spilling) await this.spilling;
      if (!this.hasOwnWork()) this.tellIdle();
      const source = this.nextSource();
      if (!source) break;
      await this.sendFrom(source);
    }
    // In one step with the last look at what waits, so that no record is put between the two and forgotten.
    this.running = null;
  }

  private nextSource(): Source | null {
    const own = this.spool && !this.spool.isEmpty ? this.spool : this.memory.isEmpty ? null : this.memory;
    const orphan = this.orphans.find(({ isEmpty }) => !isEmpty) ?? null;
    this.orphansTurn = !this.orphansTurn;
    return this.orphansTurn ? (orphan ?? own) : (own ?? orphan);
  }

  private async sendFrom(source: Source): Promise<void> {
    const batch = await source.head(this.options.batch);
    if (batch.length === 0) return;
    const { acknowledged, refused, failure } = await deliver(this.options.route, batch);
    this.countAcknowledged(acknowledged, source);
    for (const { record, error } of refused) {
      this.drop([record], errorCode(error));
      this.options.onProblem(error);
    }
    if (this.stopped) return;
    const settled = acknowledged.length + refused.length;
    await source.advance(settled);
    if (settled > 0) {
      this.progressAtMs = this.options.now();
      this.failedRounds = 0;
    }
    if (failure) await this.waitAfter(failure, batch.length - settled);
  }

  private async waitAfter({ error }: Failure, records: number): Promise<void> {
    const { counts, firstPauseMs, maxPauseMs, random } = this.options;
    this.failedRounds += 1;
    countUp(counts.failures, errorCode(error));
    counts.retriedRecords += records;
    if (this.failedRounds === 1) this.options.onProblem(error);
    if (this.mustSpill()) await this.spill();
    if (!this.stopped) await this.pause.wait(retryPauseMs(this.failedRounds, firstPauseMs, maxPauseMs, random));
  }

  private countAcknowledged(records: readonly OutgoingRecord[], source: Source): void {
    const { counts } = this.options;
    for (const { value, points } of records) {
      counts.sentBytes += value.length;
      counts.sentPoints += points;
    }
    counts.sentRecords += records.length;
    if (source !== this.memory) counts.replayedRecords += records.length;
    if (records.length > 0) this.options.onAcknowledged(records);
  }

  /** Past half of the memory, or without progress for a while. */
  private mustSpill(): boolean {
    if (!this.spool || this.memory.isEmpty) return false;
    const { maxMemoryBytes, spoolAfterMs, now } = this.options;
    return this.memory.bytes > maxMemoryBytes / 2 || now() - this.progressAtMs >= spoolAfterMs;
  }

  /** Moves what is in memory to the spool; what the spool does not take stays in memory. Never rejects. */
  private spill(): Promise<void> {
    if (!this.spool || this.memory.isEmpty) return Promise.resolve();
    this.spilling ??= this.moveToSpool(this.spool);
    return this.spilling;
  }

  private async moveToSpool(spool: Store): Promise<void> {
    let taken = true;
    while (taken && !this.memory.isEmpty) {
      const records = this.memory.take(this.options.batch);
      try {
        await spool.append(records);
        this.options.counts.spooledRecords += records.length;
      } catch (error) {
        taken = false;
        this.memory.putBack(records);
        countUp(this.options.counts.failures, errorCode(error));
        if (!this.spoolFails) this.options.onProblem(error);
      }
      this.spoolFails = !taken;
    }
    this.spilling = null;
  }

  /** Makes room by dropping the oldest values, a sixteenth of the memory at a time. */
  private hasRoomFor(bytes: number): boolean {
    const { maxMemoryBytes } = this.options;
    const excess = this.memory.bytes + bytes - maxMemoryBytes;
    if (excess <= 0) return true;
    this.drop(this.memory.evict(Math.max(excess, maxMemoryBytes / 16)), 'MEMORY_FULL');
    return this.memory.bytes + bytes <= maxMemoryBytes;
  }

  private drop(records: readonly OutgoingRecord[], code: keyof typeof publisherErrors | (string & {})): void {
    for (const record of records) dropRecord(record);
    if (records.length > 0) countUp(this.options.counts.dropped, code, records.length);
  }

  private hasFullBatch(): boolean {
    const { records, bytes } = this.options.batch;
    return this.memory.length >= records || this.memory.bytes >= bytes;
  }

  private hasOwnWork(): boolean {
    return this.spilling !== null || !this.memory.isEmpty || !(this.spool?.isEmpty ?? true);
  }

  private untilIdle(timeoutMs: number): Promise<void> {
    if (this.running && this.hasOwnWork()) {
      return new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.idleWaiters.delete(done);
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        this.idleWaiters.add(done);
      });
    }
    return Promise.resolve();
  }

  private tellIdle(): void {
    for (const done of this.idleWaiters) done();
  }
}
