import { meshHealth, meshSamples, summarize } from '@omninode/aggregation';
import type {
  HealthLimits,
  HealthRules,
  OwnSample,
  PartitionState,
  PartitionSummary,
  StoreLimits,
} from '@omninode/aggregation';
import { errorCode } from '@omninode/contracts';
import type { OwnedPartition } from '@omninode/mesh-api';
import type { AlertRecord, Bus, PartitionAssignment, RecordBatch, StartAt, Topics } from '@omninode/contracts';
import type { CompanionFactory } from './companion.js';
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
  /** A target without newer data than this is unknown, ms. */
  readonly targetStaleMs: number;
  /** How the health of the parts becomes that of the whole; absent: the worst counts. */
  readonly healthRules?: HealthRules;
  /** What lives beside the series of each partition. */
  readonly companions: readonly CompanionFactory[];
  nowMs(): number;
  readonly log: WorkerLog;
}

/** The partitions of the measurement topic that this process owns, and what it knows of the others. */
export class Aggregator {
  private readonly owned = new Map<number, Owned>();
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
      setInterval(() => void this.each(({ worker }) => worker.snapshot()), snapshotEveryMs),
      setInterval(() => void this.publishSummaries(), summaryEveryMs),
      setInterval(() => void this.each(({ worker, isCurrent }) => worker.tick(isCurrent)), tickMs),
    );
    this.board.start(bus, topics.summary, (error) =>
      log.warn('The summaries can not be read; trying again.', { code: error.name }),
    );
  }

  async restore({ partition, signal, isCurrent }: PartitionAssignment): Promise<StartAt> {
    const { bus, topics, nowMs, log, limits } = this.options;
    const companions = (state: () => PartitionState) =>
      this.options.companions.map((make) =>
        make({ partition, state, bus, topics, log, meshSamples: () => this.meshSamples() }),
      );
    const worker = new PartitionWorker({ partition, bus, topics, nowMs, log, limits, companions });
    this.restoring.add(partition);
    try {
      const from = await worker.restore(signal);
      signal.throwIfAborted();
      const owned = { worker, isCurrent };
      this.owned.set(partition, owned);
      if (this.partitionCount === 0) await this.learnPartitionCount();
      await this.publishSummary(owned, partition);
      return from;
    } finally {
      this.restoring.delete(partition);
    }
  }

  async apply(batch: RecordBatch): Promise<void> {
    await this.owned.get(batch.partition)?.worker.apply(batch);
  }

  /** Writes what the next owner starts from, and forgets the partition: its series vanish from `/metrics` at once. */
  async revoke(partition: number): Promise<void> {
    const owned = this.owned.get(partition);
    if (!owned) return;
    this.owned.delete(partition);
    await owned.worker.snapshot().catch((error: unknown) => this.countFailure(error));
    await this.publishSummary(owned, partition);
  }

  /** Ends the timers. The transport revokes the partitions when it closes, which writes the last snapshots. */
  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.board.stop();
  }

  /**
   * Of the partitions that are ours beyond doubt, and know all that the owner before may have shown: a counter that two
   * processes show, or that falls and grows again, would look like a reset.
   */
  states(): readonly PartitionState[] {
    return this.ownedPartitions().map(({ state }) => state);
  }

  /** The same with their numbers. */
  ownedPartitions(): readonly OwnedPartition[] {
    return this.current().flatMap(
      ([
        partition,
        {
          worker: { isCaughtUp, state },
        },
      ]) => (isCaughtUp ? [{ partition, state }] : []),
    );
  }

  summaries(): readonly PartitionSummary[] {
    return this.board.summaries();
  }

  /** Summaries of our own partitions as of now, not as last written. */
  ownSummaries(): readonly PartitionSummary[] {
    return this.current().map(([partition, { worker }]) => this.summaryOf(worker, partition));
  }

  /** By what health is judged now. */
  healthLimits(): HealthLimits {
    const { targetStaleMs, summaryEveryMs, healthRules: rules } = this.options;
    // Several turns may be late, by a garbage collection or a slow disk, before anybody has to worry.
    return {
      targetStaleMs,
      summaryStaleMs: Math.max(15_000, summaryEveryMs * 5),
      partitions: this.partitionCount,
      ...(rules && { rules }),
    };
  }

  /** What the partitions that are ours say of themselves; with partition 0, of the mesh as a whole too. */
  meshSamples(alerts: readonly AlertRecord[] = []): readonly OwnSample[] {
    const mesh = { summaries: this.summaries(), limits: this.healthLimits(), nowMs: this.options.nowMs() };
    const health = meshHealth(mesh.summaries, mesh.nowMs, mesh.limits, alerts);
    return meshSamples(this.states(), this.ownSummaries(), health, mesh);
  }

  /** How many partitions the measurement topic has; 0 while that is not known. */
  partitionCount = 0;

  /** The partitions that are ours and not shown yet: being restored, or catching up. */
  get restoringPartitions(): readonly number[] {
    const behind = [...this.owned].flatMap(([partition, { worker }]) => (worker.isCaughtUp ? [] : [partition]));
    return [...new Set([...this.restoring, ...behind])];
  }

  private async publishSummaries(): Promise<void> {
    if (this.partitionCount === 0) await this.learnPartitionCount();
    await this.each((owned, partition) => this.publishSummary(owned, partition));
  }

  private async learnPartitionCount(): Promise<void> {
    const { bus, topics, log } = this.options;
    this.partitionCount = await bus.partitionCount(topics.measurement).catch((error: unknown) => {
      log.warn('How many partitions there are is not known yet.', { code: errorCode(error) });
      return 0;
    });
  }

  private async publishSummary({ worker }: Owned, partition: number): Promise<void> {
    const { bus, topics } = this.options;
    const value = Buffer.from(JSON.stringify(this.summaryOf(worker, partition)));
    await bus
      .publish([{ topic: topics.summary, key: String(partition), partition, value }])
      .catch((error: unknown) => this.countFailure(error));
  }

  private summaryOf({ state, endOffset }: PartitionWorker, partition: number): PartitionSummary {
    const { instance, nowMs, expiryMs } = this.options;
    return summarize(state, { partition, owner: instance, endOffset, atMs: nowMs(), expiryMs });
  }

  private async each(work: (owned: Owned, partition: number) => Promise<void>): Promise<void> {
    for (const [partition, owned] of this.current())
      await work(owned, partition).catch((error: unknown) => this.countFailure(error));
  }

  private current(): [partition: number, owned: Owned][] {
    return [...this.owned].filter(([, { isCurrent }]) => isCurrent());
  }

  private countFailure(error: unknown): void {
    this.failedWrites++;
    this.options.log.warn('The state of a partition could not be written; trying again with the next turn.', {
      code: errorCode(error),
    });
  }
}

const tickMs = 1_000;

interface Owned extends Pick<PartitionAssignment, 'isCurrent'> {
  readonly worker: PartitionWorker;
}
