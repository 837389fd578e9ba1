import { createClient, httpBus } from '@omninode/client';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { again, startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on a real Kafka that the real collector watches, and on a producer that the client watches. */
describe.skipIf(unavailable('kafka'))('on a real Kafka', () => {
  let cluster: KafkaCluster;
  let kafka: kafkajs.Kafka;
  let producer: kafkajs.Producer;
  let product: WatchingProduct;

  beforeAll(async () => {
    cluster = await startKafka();
    kafka = new kafkajs.Kafka({ brokers: [...cluster.brokers], logLevel: kafkajs.logLevel.NOTHING });
    await createTopics({ topic: 'orders' }, { topic: 'orders.dlq' });
    producer = kafka.producer({ retry: { retries: 2 } });
    await producer.connect();
    await send('orders');
    await commit('earliest');
    product = await startWatching({
      config: {
        targets: [{ id: 'stream', kind: 'kafka', url: cluster.brokers.join(',') }],
        collectors: { kafka: { fastInterval: '1s', mediumInterval: '1s' } },
      },
      minute: 2,
      thresholds: { ConsumerLag: { '> 300': '> 3', '< 120': '< 2' } },
    });
  });
  afterAll(async () => {
    await product?.stop();
    await producer?.disconnect();
    await cluster?.stop();
  });

  const slow = { timeout: 120_000 };
  const target = { target: 'stream' };

  test.concurrent('a group that falls behind', slow, async () => {
    await product.proves('ConsumerLag', { ...target, group: 'billing', topic: 'orders' }, async () => {
      const sending = again(500, () => send('orders'));
      return async () => {
        await sending();
        // As of the group's own members, once they have read all.
        await commit('latest');
      };
    });
  });

  test.concurrent('a message that nobody could process', slow, async () => {
    await product.shows('omninode_dead_letter_messages_total');
    await product.proves('DeadLetters', { ...target, topic: 'orders.dlq' }, async () => {
      await send('orders.dlq');
      return () => undefined;
    });
  });

  test.concurrent('a producer whose messages are not taken', slow, async () => {
    const client = createClient({
      service: 'shop',
      instance: 'a',
      bus: httpBus({ url: product.url }),
      intervalMs: 500,
    });
    const watched = kafka.producer({ retry: { retries: 0 } });
    client.watchProducer('orders', watched);
    await watched.connect();
    await product.proves('ProducerFailures', { service_name: 'shop', topic: 'orders' }, async () => {
      await client.flush();
      const message = { value: Buffer.alloc(2_000_000) };
      await watched.send({ topic: 'orders', messages: [message] }).catch(() => undefined);
      return () => undefined;
    });
    await watched.disconnect();
    await client.close();
  });

  function send(topic: string) {
    return producer.send({ topic, messages: [{ value: 'x' }] });
  }

  async function commit(at: 'earliest' | 'latest') {
    const admin = kafka.admin();
    await admin.connect();
    const [ends] = await admin.fetchTopicOffsets('orders');
    const offset = (at === 'latest' ? ends?.high : ends?.low) ?? '0';
    await admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions: [{ partition: 0, offset }] });
    await admin.disconnect();
  }

  async function createTopics(...topics: kafkajs.ITopicConfig[]) {
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics, waitForLeaders: true });
    await admin.disconnect();
  }
});
