import { createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames } from '@omninode/contracts';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKafkaBus } from './kafka-bus.js';

const topics = topicNames('idle');

describe.skipIf(unavailable('kafka'))('a bus that has nothing to do', () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  test('is idle: kafkajs’ own timer of 1 ms for each connection does not run (B §0.5)', async () => {
    const bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'idle' }, topics, partitions: 1 });
    try {
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
    } finally {
      await bus.close();
    }
  });
});
