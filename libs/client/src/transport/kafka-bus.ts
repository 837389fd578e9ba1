import { partitionOf } from '@omninode/contracts';
import type { BusPublisher, CodedError, NewRecord, Position } from '@omninode/contracts';
import { clientErrors } from '../errors.js';

/** As much of kafkajs' producer as is needed here; the host connects it before, and disconnects it after `close` of the client. */
export interface RecordProducer {
  send(record: {
    topic: string;
    acks: number;
    messages: { key: string; value: Buffer | null; headers: Record<string, string>; partition?: number }[];
  }): Promise<unknown>;
}

export interface KafkaBusOptions {
  /**
   * How many partitions the measurement topic has. Given: records go where the mesh's own would. Absent: the producer's partitioner
   * decides; kafkajs' default one comes to the same, its legacy one does not, which costs nothing but neighbourhood.
   */
  readonly partitions?: number;
}

/** The way to the mesh by a Kafka producer that the host has anyway. */
export function kafkaBus(producer: RecordProducer, { partitions }: KafkaBusOptions = {}): BusPublisher {
  return {
    async publish(records) {
      const topic = records[0]?.topic;
      if (topic === undefined) return [];
      const messages = records.map(({ key, value, headers }) => ({
        key,
        value,
        headers: { ...headers },
        ...(partitions !== undefined && { partition: partitionOf(key, partitions) }),
      }));
      try {
        return positionsOf(records, await producer.send({ topic, acks: -1, messages }));
      } catch (error) {
        throw problemOf(error, topic);
      }
    },
  };
}

interface Answer {
  readonly partition?: number;
  readonly baseOffset?: string;
}

/** kafkajs answers once for each partition: where there is one, its records lie one after the other. */
function positionsOf(records: readonly NewRecord[], answer: unknown): Position[] {
  const answers = Array.isArray(answer) ? (answer as Answer[]) : [];
  const { partition, baseOffset } = answers.length === 1 ? answers[0]! : {};
  return records.map(({ topic }, nth) =>
    partition === undefined || baseOffset === undefined
      ? { topic, partition: -1, offset: -1 }
      : { topic, partition, offset: Number(baseOffset) + nth },
  );
}

/** By kafkajs' names for what brokers answer; it hides the reason below its own errors. */
function problemOf(error: unknown, topic: string): CodedError {
  const { type, name } = innermost(error);
  const detail = type ?? name ?? 'no reason given';
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE')
    return clientErrors.KAFKA_RECORD_TOO_LARGE({ topic }, error);
  if (type?.endsWith('AUTHORIZATION_FAILED')) return clientErrors.KAFKA_NOT_PERMITTED({ topic, detail }, error);
  return clientErrors.KAFKA_SEND_FAILED({ topic, detail }, error);
}

interface KafkaJsError {
  readonly type?: string;
  readonly name?: string;
  readonly cause?: unknown;
}

function innermost(error: unknown): KafkaJsError {
  let inner = (error ?? {}) as KafkaJsError;
  for (let depth = 0; depth < 5 && typeof inner.cause === 'object' && inner.cause !== null; depth++)
    inner = inner.cause;
  return inner;
}
