import { setTimeout as sleep } from 'node:timers/promises';
import type { NewRecord } from '@omninode/contracts';
import type { Kafka } from '@omninode/kafka-link';
import { describe, expect, test } from 'vitest';
import { KafkaPublisher } from './kafka-publisher.js';

interface SentBatch {
  readonly topicMessages: readonly { topic: string; messages: readonly { key: string; partition: number }[] }[];
}
interface Acknowledgement {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset?: string;
}

/** A kafkajs whose producer answers what it is told; what was sent is kept, one list of partitions a send. */
function kafkaThatAnswers(answer: (attempt: number, partitions: readonly number[]) => Acknowledgement[]) {
  const sends: number[][] = [];
  const producer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    async sendBatch({ topicMessages }: SentBatch) {
      const partitions = topicMessages.flatMap(({ messages }) => messages.map(({ partition }) => partition));
      sends.push(partitions);
      return answer(sends.length, [...new Set(partitions)]);
    },
  };
  return { sends, kafka: { producer: () => producer } as unknown as Kafka };
}

const acknowledge = (partition: number, baseOffset: number): Acknowledgement => ({
  topicName: 'topic',
  partition,
  errorCode: 0,
  baseOffset: String(baseOffset),
});

const record = (partition: number, key = 'k'): NewRecord => ({
  topic: 'topic',
  partition,
  key,
  value: Buffer.from('v'),
});

function publisherOn(kafka: Kafka, deadlineMs = 5_000): KafkaPublisher {
  return new KafkaPublisher({
    kafka,
    brokers: ['broker:9092'],
    compression: 'none',
    lingerMs: 0,
    deadlineMs,
    partitionCount: async () => 4,
    maxRecordBytes: () => 1_000,
    onError: () => undefined,
  });
}

describe('a publisher on Kafka', () => {
  test('sends again what kafkajs left out though it resolved, and only that', async () => {
    const { kafka, sends } = kafkaThatAnswers((attempt, partitions) =>
      partitions.filter((partition) => attempt > 1 || partition !== 2).map((partition) => acknowledge(partition, 70)),
    );
    const positions = await publisherOn(kafka).publish([record(1), record(2), record(2), record(3)]);
    expect(sends).toEqual([
      [1, 2, 2, 3],
      [2, 2],
    ]);
    expect(positions.map(({ partition, offset }) => [partition, offset])).toEqual([
      [1, 70],
      [2, 70],
      [2, 71],
      [3, 70],
    ]);
  });

  test('counts a partition that answered with an error as not acknowledged', async () => {
    const { kafka, sends } = kafkaThatAnswers((attempt) => [
      attempt === 1 ? { topicName: 'topic', partition: 0, errorCode: 6, baseOffset: '-1' } : acknowledge(0, 5),
    ]);
    expect(await publisherOn(kafka).publish([record(0)])).toEqual([{ topic: 'topic', partition: 0, offset: 5 }]);
    expect(sends).toHaveLength(2);
  });

  test('rejects at its deadline when a partition never acknowledges, with pauses in between', async () => {
    const { kafka, sends } = kafkaThatAnswers(() => []);
    const rejected = publisherOn(kafka, 250).publish([record(3)]);
    await expect(rejected).rejects.toMatchObject({
      code: 'KAFKA_NOT_NOW',
      retryable: true,
      message: expect.stringContaining('partition 3'),
    });
    expect(sends.length).toBeGreaterThan(1);
    expect(sends.length).toBeLessThan(5);
  });

  test('ends with what was not acknowledged when it closes, and tries no more', async () => {
    const { kafka, sends } = kafkaThatAnswers(() => []);
    const publisher = publisherOn(kafka, 60_000);
    const rejected = publisher.publish([record(0), record(1)]).catch((error: unknown) => error);
    expect(await publisher.close(50)).toBe(2);
    expect(await rejected).toMatchObject({ code: 'KAFKA_CLOSED' });
    const sent = sends.length;
    await sleep(300);
    expect(sends).toHaveLength(sent);
  });

  test('gives each call its own answer when one of them is at fault', async () => {
    const { kafka } = kafkaThatAnswers((_, partitions) => partitions.map((partition) => acknowledge(partition, 9)));
    const publisher = publisherOn(kafka);
    const wrong = publisher.publish([record(4)]);
    const right = publisher.publish([record(0)]);
    await expect(wrong).rejects.toMatchObject({ code: 'KAFKA_PARTITION_UNKNOWN', retryable: false });
    expect(await right).toEqual([{ topic: 'topic', partition: 0, offset: 9 }]);
  });
});
