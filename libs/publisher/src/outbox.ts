import { errorCode } from '@omninode/contracts';
import { countUp } from './counts.js';
import { deliver } from './delivery.js';
import type { Failure, Refused, Route } from './delivery.js';
import { publisherErrors } from './errors.js';
import { Memory } from './memory.js';
import type { Source } from './memory.js';
import { dropRecord } from './outgoing.js';
import type { OutgoingRecord } from './outgoing.js';
import { Pause, retryPauseMs } from './pause.js';
import { bytesOf } from './record-queue.js';
import { Spill } from './spill.js';
import type { SpillOptions, Store } from './spill.js';

export interface OutboxOptions extends SpillOptions {
  readonly route: Route;
  /** How long the first record of an idle outbox waits for company, ms. */
  readonly lingerMs: number;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
  random(): number;
  onAcknowledged(records: readonly OutgoingRecord[]): void;
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
  private readonly orphans: Store[] = [];
  private orphansTurn = false;
  private spool: Store | null = null;
  private spill: Spill | null = null;
  private running: Promise<void> | null = null;
  private opened = false;
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
    const moving = this.spill?.onTheWay ?? [];
    return {
      records: this.memory.length + moving.length,
      bytes: this.memory.bytes + bytesOf(moving),
      oldestAtMs: (moving[0] ?? this.memory.oldest)?.queuedAtMs ?? null,
    };
  }

  get spoolBytes(): number {
    return this.orphans.reduce((sum, { bytes }) => sum + bytes, this.spool?.bytes ?? 0);
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
    this.spillWhenDue();
    if (this.failedRounds === 0 && this.hasFullBatch()) this.pause.end();
  }

  /** Adds a source whose producers are dead: it takes turns with what the living write. */
  adopt(orphan: Store): void {
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
    await this.openSpool();
    await this.moved();
    await this.spill?.move();
    const lost = this.memory.takeAll();
    this.drop(lost, 'UNDELIVERED_AT_CLOSE');
    const { spool, orphans } = this;
    await Promise.all([...orphans, ...(spool ? [spool] : [])].map((store) => store.close()));
    return { undelivered: lost.length, spooled: spool?.unsettled ?? 0 };
  }

  private async run(): Promise<void> {
    await this.openSpool();
    if (!this.hurried && !this.hasFullBatch()) await this.pause.wait(this.options.lingerMs);
    for (;;) {
      await this.moved();
      if (this.stopped) break;
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
    if (batch.length === 0) return this.letGoWhenEmpty(source);
    const { acknowledged, refused, failure } = await deliver(this.options.route, batch, this.failedRounds);
    this.countAcknowledged(acknowledged, source);
    if (this.stopped) return;
    // What the spool took meanwhile is refused again when it comes from there, and must not be counted twice.
    if (source !== this.memory || this.memory.holds(batch)) this.dropRefused(refused);
    const settled = acknowledged.length + refused.length;
    await source.advance(settled);
    await this.letGoWhenEmpty(source);
    if (settled > 0) {
      this.progressAtMs = this.options.now();
      this.failedRounds = 0;
    }
    if (failure) await this.waitAfter(failure, batch.length - settled);
  }

  private dropRefused(refused: readonly Refused[]): void {
    for (const { record, error } of refused) {
      this.drop([record], errorCode(error));
      this.options.onProblem(error);
    }
  }

  private async letGoWhenEmpty(source: Source): Promise<void> {
    const at = this.orphans.findIndex((orphan) => orphan === source && orphan.isEmpty);
    if (at >= 0) await this.orphans.splice(at, 1)[0]!.close();
  }

  private async waitAfter({ error }: Failure, records: number): Promise<void> {
    const { counts, firstPauseMs, maxPauseMs, random } = this.options;
    this.failedRounds += 1;
    countUp(counts.failures, errorCode(error));
    counts.retriedRecords += records;
    if (this.failedRounds === 1) this.options.onProblem(error);
    if (this.spill?.isDue(this.progressAtMs)) await this.spill.move();
    const longestMs = this.hurried ? Math.min(maxPauseMs, firstPauseMs * 4) : maxPauseMs;
    if (!this.stopped) await this.pause.wait(retryPauseMs(this.failedRounds, firstPauseMs, longestMs, random));
  }

  private countAcknowledged(records: readonly OutgoingRecord[], source: Source): void {
    const { counts } = this.options;
    for (const { producer, kind, sequence, value, points } of records) {
      if (kind === 'dict') producer.droppedDictionaries.delete(sequence);
      counts.sentBytes += value.length;
      counts.sentPoints += points;
    }
    counts.sentRecords += records.length;
    if (source !== this.memory) counts.replayedRecords += records.length;
    if (records.length > 0) this.options.onAcknowledged(records);
  }

  /** Resolves when no record is on its way from memory to the spool. A new move may begin while the last one ends. */
  private async moved(): Promise<void> {
    while (this.spill?.underWay) await this.spill.underWay;
  }

  /** Does not wait: the move reports its own failures, and whoever takes records waits for it. */
  private spillWhenDue(): void {
    if (this.spill?.isDue(this.progressAtMs)) void this.spill.move();
  }

  private async openSpool(): Promise<void> {
    this.spool ??= await this.opening;
    if (this.spool) this.spill ??= new Spill(this.memory, this.spool, this.options);
    this.opened = true;
  }

  /** Makes room by dropping the oldest values, a sixteenth of the memory at a time. */
  private hasRoomFor(bytes: number): boolean {
    const { maxMemoryBytes } = this.options;
    const excess = this.queued.bytes + bytes - maxMemoryBytes;
    if (excess <= 0) return true;
    this.drop(this.memory.evict(Math.max(excess, maxMemoryBytes / 16)), 'MEMORY_FULL');
    return this.queued.bytes + bytes <= maxMemoryBytes;
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
    return Boolean(this.spill?.underWay) || !this.memory.isEmpty || !(this.spool?.isEmpty ?? true);
  }

  private untilIdle(timeoutMs: number): Promise<void> {
    if (!this.running || (this.opened && !this.hasOwnWork())) return Promise.resolve();
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

  private tellIdle(): void {
    for (const done of this.idleWaiters) done();
  }
}
