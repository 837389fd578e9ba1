import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on a real Kafka of three nodes, of which one is killed. */
describe.skipIf(unavailable('kafka'))('on a real Kafka', () => {
  let cluster: KafkaCluster;
  let product: WatchingProduct;

  beforeAll(async () => {
    cluster = await startKafka({ nodes: 3 });
    await createTopic({ topic: 'orders', replicationFactor: 3 });
    product = await startWatching({
      config: {
        targets: [{ id: 'stream', kind: 'kafka', url: cluster.brokers.join(',') }],
        collectors: { kafka: { fastInterval: '1s', mediumInterval: '1s' } },
      },
      minute: 2,
    });
  });
  afterAll(async () => {
    await product?.stop();
    await cluster?.stop();
  });

  const slow = { timeout: 120_000 };
  const target = { target: 'stream' };
  const killOne = async () => {
    await cluster.kill(3);
    return () => cluster.restart(3);
  };

  test('a broker that is gone, of which there are copies', slow, async () => {
    await product.proves(['KafkaBrokersMissing', 'KafkaPartitionsUnderReplicated'], target, killOne);
  });

  test('a broker that is gone with all that it held', slow, async () => {
    await createTopic({ topic: 'single', replicaAssignment: [{ partition: 0, replicas: [3] }] });
    await product.proves('KafkaPartitionsWithoutLeader', target, killOne);
  });

  async function createTopic(topic: kafkajs.ITopicConfig) {
    const admin = new kafkajs.Kafka({ brokers: [...cluster.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createTopics({ topics: [topic], waitForLeaders: true });
    await admin.disconnect();
  }
});
