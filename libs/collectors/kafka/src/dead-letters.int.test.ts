import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterHands } from './testing/cluster-hands.js';
import type { ClusterHands } from './testing/cluster-hands.js';
import { watchCluster } from './testing/watch-cluster.js';

const soon = { timeout: 15_000, interval: 100 };
const total = (topic: string) => `omninode_dead_letter_messages_total{topic="${topic}"}`;
const backlog = (topic: string) => `omninode_kafka_dead_letter_backlog_messages{topic="${topic}"}`;
const oldest = (topic: string) => `omninode_kafka_dead_letter_oldest_seconds{topic="${topic}"}`;

describe.skipIf(unavailable('kafka'))('dead letters', () => {
  let cluster: KafkaCluster;
  let hands: ClusterHands;
  beforeAll(async () => {
    cluster = await startKafka();
    hands = await clusterHands(cluster);
  });
  afterAll(async () => {
    await hands?.close();
    await cluster?.stop();
  });

  test('are counted exactly: over a restart of ours, a new topic, a deleted one that comes again, a new partition', async () => {
    await hands.createTopics({ 'orders.dlq': 2, 'shipping-dlt': 1 });
    await hands.produce('orders.dlq', 3);
    const first = watchCluster(cluster.brokers);
    // What lay there before anybody watched is backlog, and no arrival.
    await expect.poll(() => first.latest(total('orders.dlq')), soon).toBe(0);
    expect(first.latest(backlog('orders.dlq'))).toBe(3);
    await hands.produce('orders.dlq', 2, 1);
    await expect.poll(() => first.latest(total('orders.dlq')), soon).toBe(2);
    await first.stop();
    const since = (watch: typeof first) =>
      watch.writer.passes.findLast(({ starts }) => total('orders.dlq') in starts)?.starts[total('orders.dlq')];
    const start = since(first);
    expect(start).toBeLessThanOrEqual(Date.now());

    await hands.produce('orders.dlq', 4);
    await hands.createTopics({ 'onex.dlq.omnibase-infra.orders.v1': 1 });
    await hands.produce('onex.dlq.omnibase-infra.orders.v1', 5);
    const second = watchCluster(cluster.brokers, { memory: first.memory.current });
    await expect.poll(() => second.latest(total('orders.dlq')), soon).toBe(6);
    expect(since(second)).toBe(start);
    expect(second.latest(total('shipping-dlt'))).toBe(0);
    expect(second.latest(total('onex.dlq.omnibase-infra.orders.v1'))).toBe(5);
    expect(second.latest('omninode_kafka_dead_letter_topics')).toBe(3);

    await hands.admin.createPartitions({ topicPartitions: [{ topic: 'shipping-dlt', count: 2 }] });
    await hands.admin.fetchTopicMetadata({ topics: ['shipping-dlt'] });
    await expect
      .poll(
        () =>
          hands.produce('shipping-dlt', 1, 1).then(
            () => true,
            () => false,
          ),
        soon,
      )
      .toBe(true);
    await expect.poll(() => second.latest(total('shipping-dlt')), soon).toBe(1);

    await hands.admin.deleteTopics({ topics: ['orders.dlq'] });
    await expect
      .poll(() => second.newest('omninode_kafka_dead_letter_backlog_messages')['{topic="orders.dlq"}'], soon)
      .toBeUndefined();
    await expect
      .poll(
        () =>
          hands.createTopics({ 'orders.dlq': 1 }).then(
            () => true,
            () => false,
          ),
        soon,
      )
      .toBe(true);
    await hands.produce('orders.dlq', 1);
    await expect
      .poll(() => second.newest('omninode_kafka_dead_letter_backlog_messages')['{topic="orders.dlq"}'], soon)
      .toBe(1);
    await expect.poll(() => second.latest(total('orders.dlq')), soon).toBe(7);
    expect(second.status('dead-letters')).toBe('ok');
    await second.stop();
  });

  test('a topic that is deleted and made anew between two passes goes on counting, and is told', async () => {
    await hands.createTopics({ 'mail.dlq': 1 });
    await hands.produce('mail.dlq', 2);
    const first = watchCluster(cluster.brokers);
    await expect.poll(() => first.latest(backlog('mail.dlq')), soon).toBe(2);
    await first.stop();
    await hands.admin.deleteTopics({ topics: ['mail.dlq'] });
    await expect
      .poll(
        () =>
          hands.createTopics({ 'mail.dlq': 1 }).then(
            () => true,
            () => false,
          ),
        soon,
      )
      .toBe(true);
    await expect
      .poll(
        () =>
          hands.produce('mail.dlq', 9).then(
            () => true,
            () => false,
          ),
        soon,
      )
      .toBe(true);
    // More than before, so only the topic's id tells.
    const second = watchCluster(cluster.brokers, { memory: first.memory.current });
    await expect.poll(() => second.latest(total('mail.dlq')), soon).toBe(9);
    expect(second.latest('omninode_kafka_topic_throughput_messages_total{topic="mail.dlq"}')).toBe(9);
    expect(second.writer.events('kafka.topic_recreated').map(({ attributes }) => attributes)).toEqual([
      { topic: 'mail.dlq' },
    ]);
    await second.stop();
  });

  test('the oldest tells its age by its own time, and none is told of an empty topic', async () => {
    await hands.createTopics({ 'slow.dlq': 2 });
    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(backlog('slow.dlq')), soon).toBe(0);
    expect(watched.latest(oldest('slow.dlq'))).toBeUndefined();
    const hourAgo = String(Date.now() - 3_600_000);
    await hands.producer.send({ topic: 'slow.dlq', messages: [{ value: 'x', partition: 0, timestamp: hourAgo }] });
    await hands.produce('slow.dlq', 1, 1);
    await expect.poll(() => watched.latest(oldest('slow.dlq')), soon).toBeGreaterThan(3_599);
    expect(watched.latest(oldest('slow.dlq'))).toBeLessThan(3_660);
    await watched.stop();
  });
});
