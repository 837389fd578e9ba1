import { partitionOf, type CodedError, type NewRecord, type Position } from '@omninode/contracts';
import {
  asKafkaError,
  compressionTypes,
  kafkaErrors,
  type Compression,
  type Kafka,
  type KafkaProducer,
} from '@omninode/kafka-link';
import { part } from './part.js';

export interface PublisherOptions {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  readonly compression: Compression;
  /** How long a record waits for company before it is sent, ms. */
  readonly lingerMs: number;
  /** How long a publish may take, retries included, before it rejects, ms. */
  readonly deadlineMs: number;
  partitionCount(topic: string): Promise<number>;
  /** Told before each new try what the last one failed of. */
  onRetry?(failure: CodedError): void;
  /** What goes wrong and needs no answer. */
  onError(error: Error): void;
  /** The largest record that a topic takes, bytes. */
  maxRecordBytes(topic: string): number;
}

/** One `publish` call on its way: its records leave together and are acknowledged together. */
interface Call {
  readonly records: readonly NewRecord[];
  readonly giveUpAtMs: number;
  resolve(positions: readonly Position[]): void;
  reject(error: CodedError): void;
}

/** A record whose partition is known, and the slot of its call that its position goes to. */
interface Placed {
  readonly record: NewRecord;
  readonly partition: number;
  readonly positions: (Position | undefined)[];
  readonly at: number;
}

const maxBatchBytes = 900 * 1024;
/** What the wire format adds to a record, about. */
const overheadBytes = 100;

/**
 * Publishes in order with one batch in flight: kafkajs reorders concurrent sends of a key, and one produce request for
 * everything that waits costs far less than one each.
 */
export class KafkaPublisher {
  private readonly waiting: Call[] = [];
  private inFlight: readonly Call[] = [];
  private producer: Promise<KafkaProducer> | undefined;
  private flushing: Promise<void> | undefined;
  /** Nothing more is accepted. */
  private closed = false;
  /** Nothing more is tried again. */
  private ended = false;

  constructor(private readonly options: PublisherOptions) {}

  publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    if (this.closed) return Promise.reject(kafkaErrors.KAFKA_CLOSED());
    const tooLarge = records.find(
      (record) => sizeOf(record) + overheadBytes > this.options.maxRecordBytes(record.topic),
    );
    if (tooLarge) {
      const { topic } = tooLarge;
      const limit = this.options.maxRecordBytes(topic);
      return Promise.reject(kafkaErrors.KAFKA_RECORD_TOO_LARGE({ topic, bytes: sizeOf(tooLarge), limit }));
    }
    if (records.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, giveUpAtMs: performance.now() + this.options.deadlineMs, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  /** Waits for what was accepted, at most `deadlineMs`, and resolves to the records that were not acknowledged. */
  async close(deadlineMs: number): Promise<number> {
    this.closed = true;
    await Promise.race([this.flushing, new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
    this.ended = true;
    const undelivered = [...this.inFlight, ...this.waiting.splice(0)];
    for (const call of undelivered) call.reject(kafkaErrors.KAFKA_CLOSED());
    const producer = await this.producer?.catch(() => undefined);
    if (producer) await part(producer.disconnect(), this.options.onError);
    return undelivered.reduce((sum, call) => sum + call.records.length, 0);
  }

  private async flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.options.lingerMs));
    while (this.waiting.length > 0) {
      const calls = this.takeBatch();
      this.inFlight = calls;
      try {
        await this.sendCalls(calls);
      } catch (failure) {
        await this.settleOneByOne(calls, failure);
      }
      this.inFlight = [];
    }
    this.flushing = undefined;
  }

  private takeBatch(): Call[] {
    let bytes = 0;
    let count = 0;
    for (const call of this.waiting) {
      bytes += call.records.reduce((sum, record) => sum + sizeOf(record) + overheadBytes, 0);
      if (count > 0 && bytes > maxBatchBytes) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  /** A batch that failed for good may hold one bad record: each call gets its own answer. */
  private async settleOneByOne(calls: readonly Call[], failure: unknown): Promise<void> {
    const [only] = calls;
    if (only && calls.length === 1) return only.reject(failure as CodedError);
    for (const call of calls) await this.sendCalls([call]).catch((own: CodedError) => call.reject(own));
  }

  private async sendCalls(calls: readonly Call[]): Promise<void> {
    const answers = calls.map((call) => Array.from<Position | undefined>({ length: call.records.length }));
    let pending = (await Promise.all(calls.map((call, nth) => this.place(call, answers[nth]!)))).flat();
    const giveUpAtMs = Math.max(...calls.map((call) => call.giveUpAtMs));
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
      const failure = await this.sendOnce(pending).then(
        (left) => {
          pending = left;
          return left.length === 0 ? undefined : unacknowledged(left);
        },
        (error: unknown) => asKafkaError(error, { brokers: this.options.brokers, topic: pending[0]!.record.topic }),
      );
      if (!failure) break;
      this.options.onRetry?.(failure);
      if (!failure.retryable || performance.now() > giveUpAtMs) throw failure;
      await this.forgetProducer();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (this.ended) throw failure;
    }
    calls.forEach((call, nth) => call.resolve(answers[nth] as Position[]));
  }

  private async place(call: Call, positions: (Position | undefined)[]): Promise<Placed[]> {
    return Promise.all(
      call.records.map(async (record, at) => {
        const { topic, key } = record;
        const count = await this.options.partitionCount(topic);
        const partition = record.partition ?? partitionOf(key, count);
        if (partition < 0 || partition >= count) throw kafkaErrors.KAFKA_PARTITION_UNKNOWN({ topic, partition, count });
        return { record, partition, positions, at };
      }),
    );
  }

  /**
   * Sends and returns what was not acknowledged. kafkajs resolves although a partition was left out when its leader moved
   * to a broker that had already answered for other partitions (it only asks "brokers without response" again), so
   * success is what the acknowledgements say, partition by partition.
   */
  private async sendOnce(pending: readonly Placed[]): Promise<Placed[]> {
    const producer = await (this.producer ??= this.connect());
    const groups = Map.groupBy(pending, ({ record, partition }) => `${partition}@${record.topic}`);
    const byTopic = Map.groupBy(pending, ({ record }) => record.topic);
    const acknowledged = await producer.sendBatch({
      acks: -1,
      compression: compressionTypes[this.options.compression],
      topicMessages: [...byTopic].map(([topic, placed]) => ({ topic, messages: placed.map(toMessage) })),
    });
    for (const { topicName, partition, baseOffset, errorCode: code } of acknowledged) {
      const key = `${partition}@${topicName}`;
      if (code !== 0 || baseOffset === undefined) continue;
      groups.get(key)?.forEach(({ positions, at }, nth) => {
        positions[at] = { topic: topicName, partition, offset: Number(baseOffset) + nth };
      });
      groups.delete(key);
    }
    return [...groups.values()].flat();
  }

  private async connect(): Promise<KafkaProducer> {
    const producer = this.options.kafka.producer({
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    await producer.connect();
    return producer;
  }

  /**
   * After a failure a new producer: one that ever wrote to a topic that is gone fails every send from then on
   * (https://github.com/tulios/kafkajs/issues/1622).
   */
  private async forgetProducer(): Promise<void> {
    const stale = await this.producer?.catch(() => undefined);
    this.producer = undefined;
    if (stale) await part(stale.disconnect(), this.options.onError);
  }
}

function toMessage({ record, partition }: Placed) {
  return { key: record.key, value: record.value, partition, headers: { ...record.headers } };
}

function unacknowledged(left: readonly Placed[]): CodedError {
  const { record, partition } = left[0]!;
  return kafkaErrors.KAFKA_NOT_NOW({ topic: record.topic, detail: `partition ${partition} did not acknowledge` });
}

function sizeOf(record: NewRecord): number {
  return (record.value?.length ?? 0) + Buffer.byteLength(record.key);
}
