import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@omninode/contracts';
import {
  asKafkaError,
  kafkaClient,
  openLogReader,
  type FetchedPartition,
  type FetchedRecord,
  type KafkaConnection,
  type LogReader,
} from '@omninode/kafka-link';
import { errors } from '../errors.js';
import type { TopicRecord } from './shown-record.js';

export interface ReadTopicOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  /** `now`: what comes from now on. What is needed to understand it is read before, and is not `isWanted`. */
  readonly from: 'beginning' | 'now';
  readonly signal: AbortSignal;
  /** What goes wrong on the way and is tried again; told once until it works again. */
  onProblem(error: CodedError): void;
}

export interface ReadRecord {
  readonly record: TopicRecord;
  /** False for what was sent before. */
  readonly isWanted: boolean;
}

const connectDeadlineMs = 10_000;
const closeDeadlineMs = 1_000;
/** Producers tell of their series again every 60 s; some of them are late. */
const dictionaryAgeMs = 90_000;
const retryPauseMs = 1_000;
/** How long a broker may wait for new records before it answers without any. */
const maxWaitMs = 300;
const silentMs = 5_000;

/**
 * The records of a topic, without a group, so that nothing of this is left behind on the brokers. Ends when the signal aborts.
 * Throws when the topic can't be read in the first place.
 */
export async function* readTopic(options: ReadTopicOptions): AsyncGenerator<ReadRecord> {
  const { connection, topic, signal } = options;
  const { reader, positions, ends } = await within(connectDeadlineMs, open(options), connection, signal);
  const problems = toldOnce(options);
  try {
    while (!signal.aborted) {
      try {
        for (const fetched of await fetchNext(reader, positions, options, problems.tell)) {
          for (const record of fetched.records) {
            const isWanted = record.offset >= ends.get(fetched.partition)!;
            yield { record: toTopicRecord(fetched.partition, record), isWanted };
            if (signal.aborted) return;
          }
          positions.set(fetched.partition, fetched.nextOffset);
        }
        problems.over();
      } catch (failure) {
        signal.throwIfAborted();
        const error = asKafkaError(failure, { brokers: connection.brokers, topic });
        if (!error.retryable) throw error;
        problems.tell(error);
        await sleep(retryPauseMs, undefined, { signal });
      }
    }
  } finally {
    // The process ends anyway: a broker that does not answer must not hold it up.
    await within(closeDeadlineMs, reader.close(), connection).catch(() => undefined);
  }
}

/** The client itself looks for a broker that is back for half a minute; who watches should hear of it before. */
async function fetchNext(
  reader: LogReader,
  positions: ReadonlyMap<number, number>,
  { connection, topic, signal }: ReadTopicOptions,
  tell: (error: CodedError) => void,
): Promise<readonly FetchedPartition[]> {
  const silent = errors.KAFKA_SILENT({ brokers: connection.brokers.join(', '), seconds: silentMs / 1_000 });
  const timer = setTimeout(() => tell(silent), silentMs);
  const gone = Promise.withResolvers<never>();
  const leave = () => gone.reject(signal.reason as Error);
  signal.addEventListener('abort', leave);
  const fetching = reader.fetch(topic, positions, maxWaitMs);
  // Whoever leaves does not hear how it ended.
  void Promise.allSettled([fetching, gone.promise]);
  try {
    return await Promise.race([fetching, gone.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

/** Tells the first problem of a row of them. */
function toldOnce({ onProblem }: ReadTopicOptions): { tell(error: CodedError): void; over(): void } {
  let isFailing = false;
  return {
    tell(error) {
      if (!isFailing) onProblem(error);
      isFailing = true;
    },
    over: () => void (isFailing = false),
  };
}

interface Opened {
  readonly reader: LogReader;
  readonly positions: Map<number, number>;
  /** From where on records are wanted. */
  readonly ends: ReadonlyMap<number, number>;
}

async function open({ connection, topic, from }: ReadTopicOptions): Promise<Opened> {
  try {
    const kafka = kafkaClient(connection);
    const reader = await openLogReader(kafka);
    const bounds = await reader.bounds(topic, await reader.partitions(topic));
    const firsts = new Map([...bounds].map(([partition, { first }]) => [partition, first]));
    if (from === 'beginning') return { reader, positions: firsts, ends: firsts };
    const ends = new Map([...bounds].map(([partition, { end }]) => [partition, end]));
    return { reader, positions: await offsetsAt(kafka, topic, Date.now() - dictionaryAgeMs, ends), ends };
  } catch (failure) {
    throw asKafkaError(failure, { brokers: connection.brokers, topic });
  }
}

/** For each partition the oldest record that is as late; where none is, the end. */
async function offsetsAt(
  kafka: ReturnType<typeof kafkaClient>,
  topic: string,
  timeMs: number,
  ends: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
    const offsets = new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    return new Map([...ends].map(([partition, end]) => [partition, Math.min(offsets.get(partition) ?? end, end)]));
  } finally {
    await admin.disconnect();
  }
}

async function within<T>(
  timeoutMs: number,
  work: Promise<T>,
  { brokers }: KafkaConnection,
  signal?: AbortSignal,
): Promise<T> {
  const over = sleep(timeoutMs, undefined, { ref: false, ...(signal && { signal }) }).then(() => {
    throw errors.KAFKA_SILENT({ brokers: brokers.join(', '), seconds: timeoutMs / 1_000 });
  });
  // Whichever comes second may still fail, and nobody is left to hear of it.
  void Promise.allSettled([work, over]);
  return Promise.race([work, over]);
}

function toTopicRecord(partition: number, { offset, key, value, headers, timestampMs }: FetchedRecord): TopicRecord {
  const contentType = headers['content-type'];
  const first: unknown = Array.isArray(contentType) ? contentType[0] : contentType;
  return {
    partition,
    offset,
    key: key?.toString() ?? null,
    value,
    contentType: first === undefined ? undefined : String(first),
    timestampMs,
  };
}
