import { setTimeout as sleep } from 'node:timers/promises';
import {
  CodedError,
  topicDeclarations,
  type Bus,
  type BusConsumer,
  type BusFollower,
  type ConsumerOptions,
  type FollowOptions,
  type RecordBatch,
  type TopicName,
  type TopicProblem,
  type Topics,
} from '@omninode/contracts';
import {
  asKafkaError,
  kafkaClient,
  kafkaErrors,
  openLogReader,
  type Compression,
  type KafkaConnection,
  type LogReader,
} from '@omninode/kafka-link';
import { deliver } from '@omninode/bus';
import { consumeTopic, type ConsumerTiming } from './kafka-consumer.js';
import { followTopic, readToEnd } from './kafka-follower.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { part } from './part.js';
import { prepareTopics } from './kafka-topics.js';

export interface KafkaBusOptions {
  readonly connection: KafkaConnection;
  readonly topics: Topics;
  /** Partitions of topics that are created. Default 12. */
  readonly partitions?: number;
  /** Default zstd: the bytes of gzip at the CPU of none. gzip for readers that know no zstd. */
  readonly compression?: Compression;
  /** Default 5 ms. */
  readonly lingerMs?: number;
  /** How long a publish is tried before it rejects. Default 30 s: longer than a leader election takes. */
  readonly publishDeadlineMs?: number;
  /** How long `close` waits for publishes under way. Default 5 s. */
  readonly closeDeadlineMs?: number;
  readonly timing?: ConsumerTiming;
  /** What goes wrong on the way and is tried again. */
  onError?(error: Error): void;
}

const defaultTiming: ConsumerTiming = { sessionTimeoutMs: 10_000, heartbeatMs: 1_000, maxWaitMs: 300 };

/** The bus over Kafka. Nothing connects before the first use; what can't connect rejects or is tried again, as the port says. */
export function openKafkaBus(options: KafkaBusOptions): Bus {
  const { connection, topics } = options;
  const brokers = connection.brokers;
  const kafka = kafkaClient(connection);
  const onError = (error: Error) => {
    options.onError?.(error);
    remakeMissing(error);
  };
  const counts = new Map<string, Promise<number>>();
  /** Also those that are being opened: `close` waits for them. */
  const members = new Set<Promise<BusConsumer | BusFollower | undefined>>();
  let sharedReader: Promise<LogReader> | undefined;
  let ending: Promise<{ readonly undelivered: number }> | undefined;
  /** Once they existed, a topic of ours that is gone was deleted by somebody. */
  let werePrepared = false;
  let preparing: Promise<readonly TopicProblem[]> | undefined;
  let remaking: Promise<unknown> | undefined;

  const openReader = () => openLogReader(kafka).catch((failure) => Promise.reject(asKafkaError(failure, { brokers })));
  const publisher = new KafkaPublisher({
    onRetry: remakeMissing,
    kafka,
    brokers,
    compression: options.compression ?? 'zstd',
    onError,
    lingerMs: options.lingerMs ?? 5,
    deadlineMs: options.publishDeadlineMs ?? 30_000,
    partitionCount: (topic) => partitionCount(topic).catch((error: CodedError) => Promise.reject(notYet(error, topic))),
    maxRecordBytes: (topic) => maxRecordBytes(topics, topic),
  });

  /** A deleted topic is made anew: what waits for it goes on, and what was in it is counted as missing. */
  function remakeMissing(failure: Error): void {
    if (!isOfMissingTopic(failure) || !werePrepared || ending) return;
    remaking ??= prepare()
      .catch((error: Error) => options.onError?.(error))
      .finally(() => setTimeout(() => (remaking = undefined), remakePauseMs).unref());
  }

  function prepare(): Promise<readonly TopicProblem[]> {
    return (preparing ??= createAndCheck(3).finally(() => (preparing = undefined)));
  }

  /** Where no broker takes a request at this moment kafkajs does not try again but says null: so this does, a few times. */
  async function createAndCheck(attempts: number): Promise<readonly TopicProblem[]> {
    const admin = kafka.admin();
    const reader = await openReader();
    try {
      await admin.connect();
      const problems = await prepareTopics({ admin, reader }, topics, options.partitions ?? 12);
      werePrepared = true;
      return problems;
    } catch (failure) {
      const error = asKafkaError(failure, { brokers });
      if (error.code !== 'KAFKA_NOT_NOW' || attempts <= 1 || ending) throw error;
    } finally {
      await Promise.all([part(admin.disconnect(), onError), part(reader.close(), onError)]);
    }
    await sleep(notNowPauseMs);
    return createAndCheck(attempts - 1);
  }

  /** Partition counts never change in the life of a topic: a change would move every key. */
  function partitionCount(topic: string): Promise<number> {
    const known = counts.get(topic);
    if (known) return known;
    const asked = withReader(topic, async (reader) => {
      const { length } = await reader.partitions(topic);
      if (length === 0) throw kafkaErrors.KAFKA_TOPIC_UNKNOWN({ topic });
      return length;
    });
    counts.set(topic, asked);
    asked.catch(() => counts.delete(topic));
    return asked;
  }

  /** The mesh makes its own topics; while one is missing, another process is about to: nothing meant for it may be given up. */
  function notYet(error: CodedError, topic: string): CodedError {
    const isOurs = Object.values(topics).includes(topic);
    return isOurs && error.code === 'KAFKA_TOPIC_UNKNOWN' ? kafkaErrors.KAFKA_TOPIC_NOT_YET({ topic }, error) : error;
  }

  async function withReader<T>(topic: string, use: (reader: LogReader) => Promise<T>): Promise<T> {
    sharedReader ??= openReader();
    const opened = sharedReader;
    try {
      return await use(await opened);
    } catch (failure) {
      const error = asKafkaError(failure, { brokers, topic });
      if (error.phase === 'connection') forgetReader(opened);
      throw error;
    }
  }

  /** A reader that lost its brokers may hold dead connections: the next call opens a new one. */
  function forgetReader(opened: Promise<LogReader>): void {
    if (sharedReader !== opened) return;
    sharedReader = undefined;
    opened.then((reader) => reader.close()).catch(onError);
  }

  function deliverTo({ onBatch, maxAttempts }: ConsumerOptions) {
    return (batch: RecordBatch, advance: (nextOffset: number) => Promise<void>) =>
      deliver(batch, {
        onBatch,
        advance,
        publish: (records) => publisher.publish(records),
        deadLetterTopic: topics.deadLetter,
        onFailure: (error) => onError(error as Error),
        ...(maxAttempts === undefined ? {} : { maxAttempts }),
      });
  }

  async function join<T extends BusConsumer | BusFollower>(open: () => Promise<T>): Promise<T> {
    if (ending) throw kafkaErrors.KAFKA_CLOSED();
    // Topics that are being made are not missing.
    const opening = (preparing?.catch(() => undefined) ?? Promise.resolve()).then(open);
    const member = opening.catch(() => undefined);
    members.add(member);
    return opening.catch((failure: unknown) => {
      members.delete(member);
      throw failure;
    });
  }

  /** Consumers first: the last batch and `onRevoked` may still publish. */
  async function finish(): Promise<{ readonly undelivered: number }> {
    await Promise.all([...members].map(async (member) => (await member)?.close()));
    const undelivered = await publisher.close(options.closeDeadlineMs ?? 5_000);
    const reader = await sharedReader?.catch(() => undefined);
    if (reader) await part(reader.close(), onError);
    return { undelivered };
  }

  return {
    publish: (records) => publisher.publish(records),
    partitionCount,
    prepareTopics: prepare,
    endOffset: (topic, partition) =>
      withReader(topic, async (reader) => {
        const end = (await reader.bounds(topic, [partition])).get(partition)?.end;
        if (end === undefined) throw kafkaErrors.KAFKA_TOPIC_UNKNOWN({ topic });
        return end;
      }),
    consume: (consumer: ConsumerOptions) =>
      join(() =>
        consumeTopic(
          {
            kafka,
            brokers,
            timing: options.timing ?? defaultTiming,
            openReader,
            deliver: deliverTo(consumer),
            onError,
          },
          consumer,
        ),
      ),
    follow: (follower: FollowOptions) => join(() => followTopic(openReader, brokers, follower)),
    readToEnd: (topic, partition, onRecord, signal) =>
      withReader(topic, (reader) => readToEnd(reader, topic, partition, onRecord, signal)),
    close() {
      return (ending ??= finish());
    },
  };
}

const remakePauseMs = 2_000;
const notNowPauseMs = 500;

function isOfMissingTopic(error: Error): boolean {
  return error instanceof CodedError && (error.code === 'KAFKA_TOPIC_UNKNOWN' || error.code === 'KAFKA_TOPIC_NOT_YET');
}

function maxRecordBytes(topics: Topics, topic: string): number {
  const name = (Object.keys(topics) as TopicName[]).find((candidate) => topics[candidate] === topic);
  return (name && topicDeclarations[name].maxRecordBytes) ?? 1024 * 1024;
}
