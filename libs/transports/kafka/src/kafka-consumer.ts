import { setTimeout as sleep } from 'node:timers/promises';
import type { BusConsumer, BusRecord, ConsumerOptions, RecordBatch, StartAt } from '@omninode/contracts';
import {
  asKafkaError,
  type EachBatchPayload,
  type Kafka,
  type KafkaConsumer,
  type LogReader,
} from '@omninode/kafka-link';
import { textHeaders } from './kafka-follower.js';

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

/** What is true while one assignment of one partition lasts. */
interface Ownership {
  readonly partition: number;
  readonly lost: AbortController;
  ready: boolean;
  /** Records below are not wanted: kafkajs may deliver older ones after it lost a position. */
  nextOffset: number;
  busy: Promise<void>;
}

/**
 * A group member on one topic. At each assignment: pause, restore, seek, resume. The pause happens inside kafkajs' join
 * event, which runs before the next fetch, so no record is delivered before its partition is restored.
 */
export async function consumeTopic(dependencies: ConsumerDependencies, options: ConsumerOptions): Promise<BusConsumer> {
  const { timing, onError } = dependencies;
  const reader = await dependencies.openReader();
  const owned = new Map<number, Ownership>();
  let closing = false;
  let restarting: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  let consumer = await start();

  return {
    get assigned() {
      return [...owned.keys()].sort((a, b) => a - b);
    },
    close() {
      return (ending ??= finish());
    },
  };

  async function finish(): Promise<void> {
    closing = true;
    await restarting;
    consumer.pause([{ topic: options.topic }]);
    // The batch in hand ends, what must be kept is written, and only then another member may take over.
    await Promise.all([...owned.values()].map(({ busy }) => busy));
    await revokeAll();
    await consumer.disconnect();
    await reader.close();
  }

  async function start(): Promise<KafkaConsumer> {
    const member = dependencies.kafka.consumer({
      groupId: options.group,
      allowAutoTopicCreation: false,
      sessionTimeout: timing.sessionTimeoutMs,
      rebalanceTimeout: Math.max(timing.sessionTimeoutMs * 2, 20_000),
      heartbeatInterval: timing.heartbeatMs,
      maxWaitTimeInMs: timing.maxWaitMs,
      metadataMaxAge: 30_000,
      maxBytesPerPartition: 1024 * 1024,
      // kafkajs must never give up by itself: `whenCrashed` decides.
      retry: { retries: 20, initialRetryTime: 200, maxRetryTime: 2_000 },
    });
    member.on(member.events.GROUP_JOIN, ({ payload }) => onJoin(member, payload.memberAssignment[options.topic] ?? []));
    member.on(member.events.REBALANCING, () => loseAll());
    member.on(member.events.CRASH, ({ payload }) => whenCrashed(payload));
    await member.connect();
    await member.subscribe({ topic: options.topic, fromBeginning: true });
    await member.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: onBatch,
    });
    return member;
  }

  /** Must stay synchronous up to the pause. Partitions that we keep are restored again: another member may have had them in between. */
  function onJoin(member: KafkaConsumer, partitions: readonly number[]): void {
    const before = loseAll();
    if (partitions.length > 0) member.pause([{ topic: options.topic, partitions: [...partitions] }]);
    for (const partition of partitions) {
      const ownership: Ownership = {
        partition,
        lost: new AbortController(),
        ready: false,
        nextOffset: 0,
        busy: Promise.resolve(),
      };
      owned.set(partition, ownership);
      void restore(member, ownership, before);
    }
  }

  function loseAll(): Promise<void> {
    const lost = [...owned.values()];
    owned.clear();
    for (const { lost: signal } of lost) signal.abort();
    return revoke(lost);
  }

  async function revokeAll(): Promise<void> {
    const last = [...owned.values()];
    await revoke(last);
    for (const { lost } of last) lost.abort();
    owned.clear();
  }

  async function revoke(lost: readonly Ownership[]): Promise<void> {
    for (const { partition, busy } of lost) {
      await busy;
      await options.onRevoked?.(partition).catch((error: Error) => onError(error));
    }
  }

  async function restore(member: KafkaConsumer, ownership: Ownership, revoked: Promise<void>): Promise<void> {
    const { partition, lost } = ownership;
    await revoked;
    for (let pauseMs = 200; !lost.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        const from = (await options.onAssigned?.({ partition, signal: lost.signal })) ?? 'committed';
        const offset = await resolveStart(partition, from);
        if (lost.signal.aborted) return;
        if (offset !== undefined) {
          ownership.nextOffset = offset;
          member.seek({ topic: options.topic, partition, offset: String(offset) });
        }
        ownership.ready = true;
        member.resume([{ topic: options.topic, partitions: [partition] }]);
        return;
      } catch (failure) {
        if (lost.signal.aborted) return;
        onError(asKafkaError(failure, { brokers: dependencies.brokers, topic: options.topic }));
        await sleep(pauseMs, undefined, { signal: lost.signal }).catch(() => undefined);
      }
    }
  }

  /** The offset to seek to; `undefined`: where the group committed last. A position outside the log starts at its oldest record. */
  async function resolveStart(partition: number, from: StartAt): Promise<number | undefined> {
    if (from === 'committed') return undefined;
    const { first = 0, end = 0 } = (await reader.bounds(options.topic, [partition])).get(partition) ?? {};
    return from === 'beginning' || from < first || from > end ? first : from;
  }

  async function onBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, isRunning, isStale } = payload;
    const ownership = owned.get(batch.partition);
    // Not restored yet, or lost: nothing is resolved, so the records come again.
    if (!ownership?.ready || !isRunning() || isStale()) return;
    const isCurrent = () => owned.get(batch.partition) === ownership && isRunning() && !isStale();
    const advance = async (nextOffset: number) => {
      if (!isCurrent()) return;
      ownership.nextOffset = nextOffset;
      payload.resolveOffset(String(nextOffset - 1));
      if (options.commit === false) return;
      const position = { partition: batch.partition, offset: String(nextOffset) };
      await payload.commitOffsetsIfNecessary({ topics: [{ topic: options.topic, partitions: [position] }] });
    };
    const handled = handle(payload, ownership, isCurrent, advance);
    ownership.busy = handled.catch(() => undefined);
    await handled;
  }

  async function handle(
    { batch, heartbeat }: EachBatchPayload,
    ownership: Ownership,
    isCurrent: () => boolean,
    advance: (nextOffset: number) => Promise<void>,
  ): Promise<void> {
    const wanted = batch.messages.filter(({ offset }) => Number(offset) >= ownership.nextOffset);
    // Only markers, or only what is handled already: the position moves on all the same.
    if (wanted.length === 0) return advance(Number(batch.lastOffset()) + 1);
    // kafkajs sends heartbeats only between batches; a long handler would lose the partition and see its records again.
    const beating = setInterval(() => void heartbeat().catch((error: Error) => onError(error)), timing.heartbeatMs);
    try {
      const records = wanted.map((message) => toBusRecord(batch, message));
      const { partition, highWatermark } = batch;
      const endOffset = Number(highWatermark);
      await dependencies.deliver(
        { topic: options.topic, partition, records, signal: ownership.lost.signal, isCurrent, endOffset },
        advance,
      );
    } finally {
      clearInterval(beating);
    }
  }

  /** kafkajs restarts itself after most failures; after the others, and built-in errors, it would stay dead in silence. */
  function whenCrashed({ error, restart }: { error: Error; restart: boolean }): void {
    onError(asKafkaError(error, { brokers: dependencies.brokers, topic: options.topic }));
    void loseAll();
    if (restart || closing) return;
    restarting = restartMember().finally(() => {
      restarting = undefined;
    });
  }

  async function restartMember(): Promise<void> {
    await consumer.disconnect().catch((error: Error) => onError(error));
    for (let pauseMs = 500; !closing; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      try {
        consumer = await start();
        return;
      } catch (failure) {
        onError(asKafkaError(failure, { brokers: dependencies.brokers, topic: options.topic }));
        await sleep(pauseMs);
      }
    }
  }
}

function toBusRecord(
  batch: EachBatchPayload['batch'],
  message: EachBatchPayload['batch']['messages'][number],
): BusRecord {
  return {
    topic: batch.topic,
    partition: batch.partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: textHeaders(message.headers ?? {}),
    timestampMs: Number(message.timestamp),
  };
}
