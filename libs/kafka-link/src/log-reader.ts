import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';

/**
 * Reads partitions by offset, without a consumer group: what compacted topics need. kafkajs has no `assign()`, so this
 * sends its own fetches over kafkajs' connections. It uses private parts of kafkajs 2.2.4, hence the pinned version.
 */
export interface LogReader {
  /** The numbers of a topic's partitions. Rejects when the topic is unknown. */
  partitions(topic: string): Promise<readonly number[]>;
  /** For each partition the oldest offset, and the end of what is committed. */
  bounds(
    topic: string,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, { readonly first: number; readonly end: number }>>;
  /** What a group committed for a partition; `undefined` when nothing. */
  committed(group: string, topic: string, partition: number): Promise<number | undefined>;
  /**
   * One fetch from the leader of each partition, waiting up to `maxWaitMs` for new records. Returns the records in order
   * and where to read on, for the partitions that advanced. A partition whose position is gone (retention) starts at its
   * oldest record.
   */
  fetch(topic: string, positions: ReadonlyMap<number, number>, maxWaitMs: number): Promise<readonly FetchedPartition[]>;
  close(): Promise<void>;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly records: readonly FetchedRecord[];
  readonly nextOffset: number;
  readonly highWatermark: number;
}

export interface FetchedRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | undefined>>;
  readonly timestampMs: number;
}

const maxBytesPerPartition = 4 * 1024 * 1024;
/** Longer than an election takes. */
const leaderDeadlineMs = 15_000;
/** Only committed records: an open or aborted transaction of somebody else is not ours to show. */
const readCommitted = 1;

export async function openLogReader(kafka: Kafka): Promise<LogReader> {
  const cluster = createCluster(kafka);
  await cluster.connect();

  async function partitions(topic: string): Promise<readonly number[]> {
    await cluster.addTargetTopic(topic);
    return cluster
      .findTopicPartitionMetadata(topic)
      .map(({ partitionId }) => partitionId)
      .sort((a, b) => a - b);
  }

  /** Around an election brokers refuse for moments: then the new metadata tells who leads. */
  async function bounds(topic: string, wanted: readonly number[]) {
    for (const giveUpAtMs = performance.now() + leaderDeadlineMs; ;) {
      try {
        return await askBounds(topic, wanted);
      } catch (failure) {
        if (!isPassing(failure) || performance.now() > giveUpAtMs) throw failure;
        await sleep(100);
        await cluster.refreshMetadata();
      }
    }
  }

  async function committed(groupId: string, topic: string, partition: number): Promise<number | undefined> {
    const coordinator = await cluster.findGroupCoordinator({ groupId });
    const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: [{ partition }] }] });
    const offset = Number(responses[0]?.partitions[0]?.offset ?? -1);
    return offset < 0 ? undefined : offset;
  }

  async function askBounds(topic: string, wanted: readonly number[]) {
    await cluster.addTargetTopic(topic);
    const of = async (fromBeginning: boolean) => {
      const request = [{ topic, partitions: wanted.map((partition) => ({ partition })), fromBeginning }];
      const [answer] = await cluster.fetchTopicsOffset(request);
      return new Map(answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    };
    // The oldest first: what retention deletes in between makes the range larger, never inverted.
    const first = await of(true);
    const end = await of(false);
    return new Map(
      wanted.map((partition) => [partition, { first: first.get(partition) ?? 0, end: end.get(partition) ?? 0 }]),
    );
  }

  async function fetch(
    topic: string,
    positions: ReadonlyMap<number, number>,
    maxWaitMs: number,
  ): Promise<readonly FetchedPartition[]> {
    await cluster.addTargetTopic(topic);
    const byLeader = Object.entries(cluster.findLeaderForPartitions(topic, [...positions.keys()]));
    try {
      const answers = await Promise.all(
        byLeader.map(([nodeId, owned]) => fetchFrom(nodeId, topic, owned, positions, maxWaitMs)),
      );
      return answers.flat();
    } catch (failure) {
      const { type, partition } = failure as { type?: string; partition?: number };
      // A leader moved, or a broker is gone: the next fetch asks the new one.
      if (type !== 'OFFSET_OUT_OF_RANGE') await cluster.refreshMetadata();
      else if (partition !== undefined) return [await restartAtOldest(topic, partition)];
      throw failure;
    }
  }

  async function fetchFrom(
    nodeId: string,
    topic: string,
    owned: readonly number[],
    positions: ReadonlyMap<number, number>,
    maxWaitMs: number,
  ) {
    const broker = await cluster.findBroker({ nodeId });
    const { responses } = await broker.fetch({
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      isolationLevel: readCommitted,
      topics: [
        {
          topic,
          partitions: owned.map((partition) => ({
            partition,
            fetchOffset: String(positions.get(partition)),
            maxBytes: maxBytesPerPartition,
          })),
        },
      ],
    });
    return responses.flatMap(({ partitions: answered }) =>
      answered.map((answer) => toFetched(topic, positions.get(answer.partition) ?? 0, answer)),
    );
  }

  async function restartAtOldest(topic: string, partition: number): Promise<FetchedPartition> {
    const { first = 0, end = 0 } = (await bounds(topic, [partition])).get(partition) ?? {};
    return { partition, records: [], nextOffset: first, highWatermark: end };
  }

  return { partitions, bounds, committed, fetch, close: () => cluster.disconnect() };
}

/** A topic that is not there is retriable to kafkajs; to us it is misspelt. */
function isPassing(failure: unknown): boolean {
  const { retriable, type } = failure as { retriable?: boolean; type?: string };
  return retriable === true && type !== 'UNKNOWN_TOPIC_OR_PARTITION';
}

function toFetched(topic: string, position: number, answer: PartitionAnswer): FetchedPartition {
  const batch = new Batch(topic, String(position), answer);
  // A batch without any raw record claims to end at the high watermark, also when the answer merely hit the size limit:
  // then nothing was read, and the position must stay.
  const nextOffset = batch.rawMessages.length > 0 ? Math.max(position, Number(batch.lastOffset()) + 1) : position;
  const records = batch.messages.map(({ offset, key, value, headers, timestamp }) => ({
    offset: Number(offset),
    key,
    value,
    headers: headers ?? {},
    timestampMs: Number(timestamp),
  }));
  return { partition: answer.partition, records, nextOffset, highWatermark: Number(answer.highWatermark) };
}

function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    (candidate) => candidate.description === 'private:Kafka:createCluster',
  );
  if (!symbol) throw new Error('kafkajs is not 2.2.4: its private createCluster is gone');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]!;
  // With this isolation `bounds` ends at the last stable offset: a reader that reads only what is committed can reach it.
  return create({ metadataMaxAge: 30_000, allowAutoTopicCreation: false, isolationLevel: readCommitted });
}

const Batch = createRequire(import.meta.url)('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  answer: PartitionAnswer,
) => { readonly rawMessages: readonly unknown[]; readonly messages: readonly RawMessage[]; lastOffset(): string };

interface RawMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Record<string, Buffer | string | undefined>;
  readonly timestamp: string;
}

interface PartitionAnswer {
  readonly partition: number;
  readonly highWatermark: string;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number }[];
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  findBroker(node: {
    nodeId: string;
  }): Promise<{ fetch(request: object): Promise<{ responses: { partitions: PartitionAnswer[] }[] }> }>;
  findGroupCoordinator(group: { groupId: string }): Promise<{
    offsetFetch(request: object): Promise<{ responses: { partitions: { offset: string }[] }[] }>;
  }>;
  fetchTopicsOffset(request: object[]): Promise<{ partitions: { partition: number; offset: string }[] }[]>;
}
