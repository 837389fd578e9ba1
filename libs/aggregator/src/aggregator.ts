import { summarize, type PartitionState, type PartitionSummary, type StoreLimits } from '@omninode/aggregation';
import type { Bus, RecordBatch, StartAt, Topics } from '@omninode/contracts';
import { PartitionWorker, type WorkerLog } from './partition-worker.js';
import { SummaryBoard } from './summary-board.js';

export interface AggregatorOptions {
  readonly bus: Bus;
  readonly topics: Topics;
  /** The name of this process in summaries. */
  readonly instance: string;
  readonly snapshotEveryMs: number;
  readonly summaryEveryMs: number;
  /** Series that nobody has sent for this long are hidden, ms. */
  readonly expiryMs: number;
  readonly limits: StoreLimits;
  nowMs(): number;
  readonly log: WorkerLog;
}

/** The partitions of the measurement topic that this process owns, and what it knows of the others. */
export class Aggregator {
  private readonly workers = new Map<number, PartitionWorker>();
  private readonly restoring = new Set<number>();
  private readonly board = new SummaryBoard();
  private readonly timers: NodeJS.Timeout[] = [];
  /** Snapshots and summaries that could not be written; they are tried again with the next turn. */
  failedWrites = 0;

  constructor(private readonly options: AggregatorOptions) {}

  /** Begins to follow the summaries and to write snapshots. Nothing is awaited: what can't be reached is tried again. */
  start(): void {
    const { snapshotEveryMs, summaryEveryMs, bus, topics, log } = this.options;
    this.timers.push(
      setInterval(() => void this.each((worker) => worker.snapshot()), snapshotEveryMs),
      setInterval(() => void this.publishSummaries(), summaryEveryMs),
    );
    this.board.start(bus, topics.summary, (error) =>
      log.warn('The summaries can not be read; trying again.', { code: error.name }),
    );
  }

  async restore(partition: number, signal: AbortSignal): Promise<StartAt> {
    const { bus, topics, nowMs, log, limits } = this.options;
    const worker = new PartitionWorker({ partition, bus, topics, nowMs, log, limits });
    this.restoring.add(partition);
    try {
      const from = await worker.restore(signal);
      signal.throwIfAborted();
      this.workers.set(partition, worker);
      if (this.partitionCount === 0) await this.learnPartitionCount();
      await this.publishSummary(worker, partition);
      return from;
    } finally {
      this.restoring.delete(partition);
    }
  }

  async apply(batch: RecordBatch): Promise<void> {
    await this.workers.get(batch.partition)?.apply(batch);
  }

  /** Writes what the next owner starts from, and forgets the partition: its series vanish from `/metrics` at once. */
  async revoke(partition: number): Promise<void> {
    const worker = this.workers.get(partition);
    if (!worker) return;
    this.workers.delete(partition);
    await worker.snapshot().catch((error: Error) => this.countFailure(error));
    await this.publishSummary(worker, partition);
  }

  /** Ends the timers. The transport revokes the partitions when it closes, which writes the last snapshots. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.board.stop();
  }

  states(): readonly PartitionState[] {
    return [...this.workers.values()].map(({ state }) => state);
  }

  summaries(): readonly PartitionSummary[] {
    return this.board.summaries();
  }

  /** Summaries of our own partitions as of now, not as last written. */
  ownSummaries(): readonly PartitionSummary[] {
    return [...this.workers].map(([partition, worker]) => this.summaryOf(worker, partition));
  }

  /** How many partitions the measurement topic has; 0 while that is not known. */
  partitionCount = 0;

  /** The partitions that are ours and not restored yet. */
  get restoringPartitions(): readonly number[] {
    return [...this.restoring];
  }

  private async publishSummaries(): Promise<void> {
    if (this.partitionCount === 0) await this.learnPartitionCount();
    await this.each((worker, partition) => this.publishSummary(worker, partition));
  }

  private async learnPartitionCount(): Promise<void> {
    const { bus, topics } = this.options;
    this.partitionCount = await bus.partitionCount(topics.measurement).catch(() => 0);
  }

  private async publishSummary(worker: PartitionWorker, partition: number): Promise<void> {
    const { bus, topics } = this.options;
    const value = Buffer.from(JSON.stringify(this.summaryOf(worker, partition)));
    await bus
      .publish([{ topic: topics.summary, key: String(partition), partition, value }])
      .catch((error: Error) => this.countFailure(error));
  }

  private summaryOf({ state, endOffset }: PartitionWorker, partition: number): PartitionSummary {
    const { instance, nowMs, expiryMs } = this.options;
    return summarize(state, { partition, owner: instance, endOffset, atMs: nowMs(), expiryMs });
  }

  private async each(work: (worker: PartitionWorker, partition: number) => Promise<void>): Promise<void> {
    for (const [partition, worker] of this.workers)
      await work(worker, partition).catch((error: Error) => this.countFailure(error));
  }

  private countFailure(error: Error): void {
    this.failedWrites++;
    this.options.log.warn('The state of a partition could not be written; trying again with the next turn.', {
      code: error.name,
    });
  }
}
