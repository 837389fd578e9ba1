import { createHook } from 'node:async_hooks';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type Bus, type Topics } from '@omninode/contracts';
import { kafkaClient, type Compression } from '@omninode/kafka-link';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openKafkaBus, type KafkaBusOptions } from './kafka-bus.js';

describe.skipIf(unavailable('kafka'))('a bus on one broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-one-broker-'));
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({ folder });
  });
  afterAll(async () => {
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is idle: kafkajs’ own timer of 1 ms for each connection does not run (B §0.5)', async () => {
    const topics = topicNames('idle');
    const bus = open({ topics, partitions: 1 });
    await bus.prepareTopics();
    await bus.consume({ topic: topics.alert, group: 'idle', onBatch: async () => undefined });
    await bus.publish([{ topic: topics.alert, key: 'k', value: Buffer.from('x') }]);
    await sleep(2_000);
    let timers = 0;
    const hook = createHook({ init: (_id, type) => void (type === 'Timeout' && timers++) }).enable();
    await sleep(3_000);
    hook.disable();
    // Fetches of 300 ms and heartbeats; one connection's timer of 1 ms alone would make some 2 500.
    expect(timers).toBeLessThan(500);
  });

  test('a topic that was deleted comes back with as many partitions as those that belong to it, whatever is configured', async () => {
    const topics = topicNames('again');
    await open({ topics, partitions: 5 }).prepareTopics();
    const admin = kafkaClient({ brokers: kafka.brokers, clientId: 'vandal' }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topics.measurement] });
    await admin.disconnect();
    const other = open({ topics, partitions: 2 });
    expect(await other.prepareTopics()).toEqual([]);
    expect(await other.partitionCount(topics.measurement)).toBe(5);
  });

  test.each([
    ['none', 0],
    ['gzip', 1],
    ['zstd', 4],
  ] as const)(
    'records lie on the broker as %s when that is configured, and any bus reads them',
    async (compression, codec) => {
      const topics = topicNames(`packed-${compression}`);
      await publishSome(compression, topics);
      expect(codecOnDisk(topics)).toBe(codec);
      const values: string[] = [];
      await open({ topics }).readToEnd(topics.alert, 0, ({ value }) => void values.push(value!.toString()));
      expect(values).toEqual([0, 1, 2].map((nth) => `${nth}`.repeat(500)));
    },
  );

  async function publishSome(compression: Compression, topics: Topics): Promise<void> {
    const bus = open({ topics, partitions: 1, compression });
    await bus.prepareTopics();
    await bus.publish(
      [0, 1, 2].map((nth) => ({ topic: topics.alert, key: 'k', value: Buffer.from(`${nth}`.repeat(500)) })),
    );
  }

  /** The low three bits of the attributes of a record batch, at byte 21: https://kafka.apache.org/documentation/#recordbatch */
  function codecOnDisk(topics: Topics): number {
    const segment = readFileSync(join(folder, 'node-1', `${topics.alert}-0`, '00000000000000000000.log'));
    return segment.readInt16BE(21) & 7;
  }

  function open(options: Omit<KafkaBusOptions, 'connection'>): Bus {
    const bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'one-broker' }, ...options });
    onTestFinished(async () => void (await bus.close()));
    return bus;
  }
});
