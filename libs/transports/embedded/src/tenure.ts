import { busErrors, deliver, growingPauseMs, pause } from '@omninode/bus';
import type { BusPublisher, ConsumerOptions, RecordBatch, StartAt } from '@omninode/contracts';
import { storageError } from './errors.js';
import type { GroupPositions } from './group-positions.js';
import type { PartitionLog, ReadLimits } from './partition-log.js';
import type { Turns } from './turns.js';

/** What all tenures share. */
export interface TenureContext {
  readonly positions: GroupPositions;
  readonly turns: Turns;
  readonly publish: BusPublisher['publish'];
  readonly deadLetterTopic: string;
  readonly limits: ReadLimits;
  readonly path: string;
  /** Told of every failure that is tried again. */
  onError(error: unknown): void;
}

/**
 * The time for which one member owns one partition: assignment, batches, revocation. At most one batch is in memory; the
 * next is read when it is handled, so a slow handler holds up nothing but itself.
 */
export class Tenure {
  /** Resolves when nothing of it runs any more. Never rejects. */
  readonly done: Promise<void>;
  private readonly ending = new AbortController();
  private isLost = false;
  private position = 0;
  private committed = 0;

  constructor(
    private readonly options: ConsumerOptions,
    private readonly log: PartitionLog,
    private readonly context: TenureContext,
  ) {
    this.done = this.run();
  }

  /** The partition goes to another member: what the batch in hand comes to counts for nothing. */
  takeAway(): void {
    this.isLost = true;
    this.ending.abort();
  }

  /** The member leaves: the batch in hand still counts. */
  finish(): void {
    this.ending.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    // The member has its consumer in hand before its first call.
    await this.context.turns.next();
    const startAt = await this.untilItWorks(async () => (await this.assign()) ?? 'committed');
    if (startAt === undefined) return;
    const start = await this.untilItWorks(async () => this.offsetOf(startAt));
    this.position = this.committed = start ?? 0;
    while (!signal.aborted) await this.readAndDeliver();
    this.commit();
    await this.revoke();
  }

  /** `undefined`: the tenure ended before. */
  private async untilItWorks<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { signal } = this.ending;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (signal.aborted) return undefined;
        this.context.onError(error);
        await pause(growingPauseMs(attempt), signal);
      }
    }
    return undefined;
  }

  private assign(): Promise<StartAt> | undefined {
    const { partition } = this.log;
    return this.options.onAssigned?.({ partition, signal: this.ending.signal, isCurrent: () => !this.isLost });
  }

  /** A position outside the log is of another file, or retention removed it: then all that is here is read, and that is said. */
  private offsetOf(startAt: StartAt): number {
    const { log, context, options } = this;
    try {
      const oldest = log.oldest();
      const asked = startAt === 'committed' ? (context.positions.read(options.group, log) ?? oldest) : startAt;
      if (asked === 'beginning') return oldest;
      if (asked <= log.nextOffset && (asked >= oldest || log.isCompacted)) return asked;
      const { group, topic } = options;
      const { partition, nextOffset: end } = log;
      context.onError(busErrors.START_OUT_OF_RANGE({ group, topic, partition, asked, oldest, end, start: oldest }));
      return oldest;
    } catch (error) {
      throw storageError(error, context.path);
    }
  }

  private async readAndDeliver(): Promise<void> {
    const { log, context, ending } = this;
    await log.reaches(this.position, ending.signal);
    await context.turns.next();
    if (ending.signal.aborted) return;
    try {
      const end = log.nextOffset;
      const records = log.read(this.position, context.limits, end);
      // Compaction and retention leave gaps: without another record the end is reached.
      if (records.length === 0) this.position = end;
      else await this.deliver(records, end);
    } catch (error) {
      context.onError(storageError(error, context.path));
      await pause(1_000, ending.signal);
    }
  }

  private async deliver(records: RecordBatch['records'], endOffset: number): Promise<void> {
    const { context, options, ending } = this;
    const { topic, partition } = this.log;
    const { signal } = ending;
    const batch: RecordBatch = { topic, partition, records, endOffset, signal, isCurrent: () => !this.isLost };
    await deliver(batch, {
      onBatch: (given) => options.onBatch(given),
      ...(options.maxAttempts !== undefined && { maxAttempts: options.maxAttempts }),
      publish: context.publish,
      deadLetterTopic: context.deadLetterTopic,
      onFailure: (error) => context.onError(error),
      advance: (nextOffset) => {
        this.position = nextOffset;
        this.commit();
      },
    });
  }

  /** A failure (a full disk) holds up nothing: the next commit carries this one too, and what never was comes again. */
  private commit(): void {
    if (this.options.commit === false || this.isLost || this.committed === this.position) return;
    try {
      this.context.positions.commit(this.options.group, this.log, this.position);
      this.committed = this.position;
    } catch (error) {
      this.context.onError(error);
    }
  }

  private async revoke(): Promise<void> {
    try {
      await this.options.onRevoked?.(this.log.partition);
    } catch (error) {
      this.context.onError(error);
    }
  }
}
