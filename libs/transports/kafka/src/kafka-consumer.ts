import { setTimeout as sleep } from 'node:timers/promises';
import type { BusConsumer, ConsumerOptions, RecordBatch, StartAt } from '@omninode/contracts';
import {
  asKafkaError,
  groupMember,
  isKafkaFailure,
  releaseBatch,
  type EachBatchPayload,
  type Kafka,
  type KafkaConsumer,
  type LogReader,
} from '@omninode/kafka-link';
import { endsWithin } from './ends-within.js';
import { takeRecords, type TakenRecords } from './kafka-records.js';
import { OwnedPartition } from './owned-partition.js';
import { part } from './part.js';

export interface ConsumerDependencies {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly timing: ConsumerTiming;
  /** For the bounds of partitions: kafkajs' own reset of a position that is gone commits -2 to the group. */
  openReader(): Promise<LogReader>;
  /** Hands a batch to the subscriber by the mesh's rules (retries, one by one, dead letters); tells how far it came. */
  deliver(batch: RecordBatch, advance: (nextOffset: number) => Promise<void>): Promise<unknown>;
  /** What goes wrong and is tried again. */
  onError(error: Error): void;
}

export interface ConsumerTiming {
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** Longest wait of a fetch; a rebalance waits for it, so it is short. */
  readonly maxWaitMs: number;
}

/**
 * A group member on one topic. At each assignment: pause, restore, seek, resume. The pause happens inside kafkajs' join
 * event, which runs before the next fetch, so no record is delivered before its partition is restored.
 */
export async function consumeTopic(dependencies: ConsumerDependencies, options: ConsumerOptions): Promise<BusConsumer> {
  const { timing, brokers } = dependencies;
  const { topic, group } = options;
  const owned = new Map<number, OwnedPartition>();
  /** Partitions that were taken away and whose last batch or `onRevoked` still runs. */
  const handingOver = new Map<number, Promise<void>>();
  const rebalanceTimeoutMs = Math.max(timing.sessionTimeoutMs * 2, 20_000);
  const closing = new AbortController();
  /** When the coordinator confirmed our membership last, on a clock that goes on while the process is stopped, ms. */
  let confirmedAtMs = -Infinity;
  let restarting: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  const reader = await dependencies.openReader();
  let consumer: KafkaConsumer = await start().catch(async (failure: unknown) => {
    await part(reader.close(), report);
    throw asKafkaError(failure, { brokers, topic });
  });

  return {
    get assigned() {
      return [...owned.keys()].sort((a, b) => a - b);
    },
    close() {
      return (ending ??= finish());
    },
  };

  async function finish(): Promise<void> {
    closing.abort();
    for (const partition of owned.values()) partition.endIntake();
    await restarting;
    pause(consumer, [...owned.keys()]);
    // The batch in hand ends, what must be kept is written, and only then another member may take over.
    await Promise.all([...owned.values()].map(closePartition));
    await Promise.all(handingOver.values());
    await part(consumer.disconnect(), report);
    await part(reader.close(), report);
  }

  async function start(): Promise<KafkaConsumer> {
    const member = groupMember(
      dependencies.kafka,
      {
        groupId: group,
        allowAutoTopicCreation: false,
        sessionTimeout: timing.sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        heartbeatInterval: timing.heartbeatMs,
        maxWaitTimeInMs: timing.maxWaitMs,
        metadataMaxAge: 30_000,
        // As compressed; several times that in memory.
        maxBytesPerPartition: 256 * 1024,
        // kafkajs must never give up by itself: `whenCrashed` decides.
        retry: { retries: 20, initialRetryTime: 200, maxRetryTime: 2_000 },
      },
      handOver,
    );
    member.on(member.events.HEARTBEAT, () => (confirmedAtMs = performance.now()));
    member.on(member.events.GROUP_JOIN, ({ payload }) => onJoin(member, payload.memberAssignment[topic] ?? []));
    member.on(member.events.CRASH, ({ payload }) => whenCrashed(member, payload));
    try {
      await member.connect();
      await member.subscribe({ topic, fromBeginning: true });
      await member.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // Each partition that comes with a fetch gets a worker: none waits behind the handler of another.
        partitionsConsumedConcurrently: 64,
        eachBatch: (payload) => onBatch(member, payload),
      });
    } catch (failure) {
      await part(member.disconnect(), report);
      throw failure;
    }
    return member;
  }

  /** Must stay synchronous up to the pause. Partitions that we keep are restored again: another member may have had them in between. */
  function onJoin(member: KafkaConsumer, partitions: readonly number[]): void {
    pause(member, partitions);
    confirmedAtMs = performance.now();
    if (closing.signal.aborted) return;
    for (const partition of partitions) {
      const mine = new OwnedPartition(partition);
      owned.set(partition, mine);
      mine.busy = restore(member, mine);
    }
  }

  /** A handler that does not mind its signal may hold up the group only until the coordinator would count us out. */
  async function handOver(): Promise<void> {
    loseAll();
    const waiting = new AbortController();
    const limit = sleep(rebalanceTimeoutMs / 2, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(handingOver.values()), limit]);
    waiting.abort();
  }

  function loseAll(): void {
    for (const mine of owned.values()) {
      mine.lose();
      const { partition } = mine;
      const revoked = revoke(mine).finally(() => {
        if (handingOver.get(partition) === revoked) handingOver.delete(partition);
      });
      handingOver.set(partition, revoked);
    }
    owned.clear();
  }

  async function closePartition(mine: OwnedPartition): Promise<void> {
    await mine.busy;
    if (!mine.isOurs) return;
    if (mine.nextOffset > mine.committedOffset) await commit(consumer, mine);
    await revoke(mine);
    mine.lose();
    if (owned.get(mine.partition) === mine) owned.delete(mine.partition);
  }

  async function revoke({ busy, partition }: OwnedPartition): Promise<void> {
    await busy;
    try {
      await options.onRevoked?.(partition);
    } catch (failure) {
      report(failure);
    }
  }

  async function restore(member: KafkaConsumer, mine: OwnedPartition): Promise<void> {
    const { partition, signal } = mine;
    await handingOver.get(partition);
    for (let pauseMs = 200; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        const isCurrent = () => isCurrently(mine);
        const from = (await options.onAssigned?.({ partition, signal, isCurrent })) ?? 'committed';
        const offset = await startOffset(partition, from);
        if (signal.aborted) return;
        mine.nextOffset = mine.committedOffset = offset;
        mine.ready = true;
        member.seek({ topic, partition, offset: String(offset) });
        member.resume([{ topic, partitions: [partition] }]);
        return;
      } catch (failure) {
        if (signal.aborted) return;
        report(failure);
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** A position outside the log starts at its oldest record. */
  async function startOffset(partition: number, wanted: StartAt): Promise<number> {
    const from = wanted === 'committed' ? ((await reader.committed(group, topic, partition)) ?? 'beginning') : wanted;
    const { first = 0, end = 0 } = (await reader.bounds(topic, [partition])).get(partition) ?? {};
    return from === 'beginning' || from < first || from > end ? first : from;
  }

  /**
   * kafkajs fetches anew from a broker when every partition of the last answer is dealt with. So a handler that takes
   * longer than a fetch may wait goes on by itself: its partition is paused, the others and the heartbeats go on.
   */
  async function onBatch(member: KafkaConsumer, { batch, isStale }: EachBatchPayload): Promise<void> {
    const mine = owned.get(batch.partition);
    // Not restored yet, fetched before the last seek, or lost: the position stays, so the records come again.
    if (closing.signal.aborted || !mine?.ready || isStale()) return;
    const taken = takeRecords(batch, mine.nextOffset);
    releaseBatch(batch);
    const handled = handle(member, taken, mine);
    mine.busy = handled;
    if (!(await endsWithin(handled, timing.maxWaitMs))) holdUntil(member, handled, mine);
  }

  function holdUntil(member: KafkaConsumer, handled: Promise<void>, mine: OwnedPartition): void {
    if (!mine.isOurs) return;
    pause(member, [mine.partition]);
    const resume = () => {
      if (mayRead(mine)) member.resume([{ topic, partitions: [mine.partition] }]);
    };
    void handled.then(resume);
  }

  /** The coordinator counts us out a session after it heard us last; our heartbeat was on its way for less than an interval. */
  function isCurrently({ isOurs }: OwnedPartition): boolean {
    return isOurs && performance.now() - confirmedAtMs < timing.sessionTimeoutMs - timing.heartbeatMs;
  }

  function mayRead({ isOurs }: OwnedPartition): boolean {
    return isOurs && !closing.signal.aborted;
  }

  /** Never rejects: what goes wrong leaves the position where it is, and the records come again. */
  async function handle(member: KafkaConsumer, taken: TakenRecords, mine: OwnedPartition): Promise<void> {
    const { partition, signal } = mine;
    const { records, nextOffset: afterAll, endOffset } = taken;
    const lastOffset = records.at(-1)?.offset;
    const isCurrent = () => isCurrently(mine);
    const advance = async (nextOffset: number) => {
      if (!isCurrent()) return;
      mine.nextOffset = lastOffset === undefined || nextOffset > lastOffset ? afterAll : nextOffset;
      await commit(member, mine);
    };
    try {
      if (records.length === 0) await advance(afterAll);
      else await dependencies.deliver({ topic, partition, records, signal, isCurrent, endOffset }, advance);
    } catch (failure) {
      report(failure);
      await sleep(1_000, undefined, { signal }).catch(() => undefined);
    }
    if (mayRead(mine)) member.seek({ topic, partition, offset: String(mine.nextOffset) });
  }

  /** A failure is only reported: the next commit covers this one, and a group that rebalances says so to the heartbeat. */
  async function commit(member: KafkaConsumer, mine: OwnedPartition): Promise<void> {
    if (options.commit === false) return;
    const { partition, nextOffset } = mine;
    try {
      await member.commitOffsets([{ topic, partition, offset: String(nextOffset) }]);
      mine.committedOffset = nextOffset;
    } catch (failure) {
      report(failure);
    }
  }

  function pause(member: KafkaConsumer, partitions: readonly number[]): void {
    if (partitions.length === 0) return;
    try {
      member.pause([{ topic, partitions: [...partitions] }]);
    } catch (failure) {
      // kafkajs restarts the member just now: it reads nothing.
      report(failure);
    }
  }

  function report(failure: unknown): void {
    dependencies.onError(isKafkaFailure(failure) ? asKafkaError(failure, { brokers, topic }) : (failure as Error));
  }

  /** kafkajs restarts itself after most failures; after the others, and built-in errors, it would stay dead in silence. */
  function whenCrashed(member: KafkaConsumer, { error, restart }: { error: Error; restart: boolean }): void {
    report(error);
    loseAll();
    if (restart || closing.signal.aborted) return;
    restarting ??= restartMember(member).finally(() => {
      restarting = undefined;
    });
  }

  async function restartMember(dead: KafkaConsumer): Promise<void> {
    await part(dead.disconnect(), report);
    for (let pauseMs = 500; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      try {
        consumer = await start();
        return;
      } catch (failure) {
        report(failure);
        await sleep(pauseMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }
}
