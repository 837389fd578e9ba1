import { setImmediate as nextTurn } from 'node:timers/promises';
import { deliver, growingPauseMs, pause } from '@omninode/bus';
import type { BusPublisher, ConsumerOptions, StartAt } from '@omninode/contracts';
import type { Arrivals } from './arrivals.js';
import type { LogFile, TopicRow } from './log-file.js';

export interface ReaderDependencies {
  readonly log: LogFile;
  readonly arrivals: Arrivals;
  readonly topic: TopicRow;
  readonly deadLetterTopic: string;
  readonly publish: BusPublisher['publish'];
  onError(error: unknown): void;
}

/** What is taken into memory at a time. */
const batchRecords = 500;
const batchBytes = 1024 * 1024;

/** Reads one partition for one member, from its assignment to its end. */
export class PartitionReader {
  private readonly ended = new AbortController();
  private readonly running: Promise<void>;
  /** Whether another member may have the partition by now. While a batch is in hand, nobody else gets it. */
  private isOver = false;

  constructor(
    private readonly dependencies: ReaderDependencies,
    private readonly options: ConsumerOptions,
    private readonly partition: number,
  ) {
    this.running = this.run();
  }

  /** Resolves when the batch in hand is through and `onRevoked` has run. */
  async stop(): Promise<void> {
    this.ended.abort();
    await this.running;
    this.isOver = true;
  }

  private async run(): Promise<void> {
    const { options, partition, dependencies } = this;
    // The member exists before its first batch.
    await nextTurn();
    let position = await this.begin();
    while (position !== undefined && !this.ended.signal.aborted) position = await this.step(position);
    if (position === undefined) return;
    await options.onRevoked?.(partition).catch((error: unknown) => dependencies.onError(error));
  }

  /** Restores, and tries again when that fails. `undefined`: the partition was taken away before. */
  private async begin(): Promise<number | undefined> {
    const { signal } = this.ended;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const from = (await this.options.onAssigned?.({ partition: this.partition, signal })) ?? 'committed';
        return this.resolve(from);
      } catch (error) {
        if (signal.aborted) return undefined;
        this.dependencies.onError(error);
        await pause(growingPauseMs(attempt), signal);
      }
    }
    return undefined;
  }

  /** A position beyond the end is of another file: then all that is here is read. */
  private resolve(from: StartAt): number {
    const { log, topic } = this.dependencies;
    const wanted =
      from === 'committed'
        ? (log.position(this.options.group, topic.id, this.partition) ?? 0)
        : from === 'beginning'
          ? 0
          : from;
    return wanted > log.end(topic.id, this.partition) ? 0 : wanted;
  }

  private async step(position: number): Promise<number> {
    const { log, arrivals, topic } = this.dependencies;
    const { signal } = this.ended;
    try {
      const arrival = arrivals.next(topic.name, this.partition, signal);
      const records = log.read(topic, this.partition, position, batchRecords, batchBytes);
      if (records.length === 0) {
        await arrival;
        return position;
      }
      return await this.handle(records, position);
    } catch (error) {
      this.dependencies.onError(error);
      await pause(1_000, signal);
      return position;
    }
  }

  private async handle(records: ReturnType<LogFile['read']>, position: number): Promise<number> {
    const { log, topic, publish, deadLetterTopic, onError } = this.dependencies;
    const { options, partition } = this;
    const { signal } = this.ended;
    let next = position;
    const batch = {
      topic: topic.name,
      partition,
      records,
      signal,
      isCurrent: () => !this.isOver,
      endOffset: log.end(topic.id, partition),
    };
    await deliver(batch, {
      onBatch: (given) => options.onBatch(given),
      ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
      publish,
      deadLetterTopic,
      onFailure: onError,
      advance: (nextOffset) => {
        next = nextOffset;
        if (options.commit !== false) log.setPosition(options.group, topic.id, partition, nextOffset);
      },
    });
    await nextTurn();
    return next;
  }
}
