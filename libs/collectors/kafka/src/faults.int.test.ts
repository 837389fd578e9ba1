import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { clusterHands } from './testing/cluster-hands.js';
import type { ClusterHands } from './testing/cluster-hands.js';
import { watchCluster } from './testing/watch-cluster.js';

const soon = { timeout: 30_000, interval: 100 };
const families = ['cluster', 'topics', 'consumer-groups', 'dead-letters', 'log-sizes', 'sweep-cost'];
const messages = 'omninode_kafka_topic_throughput_messages_total{topic="orders"}';

describe.skipIf(unavailable('kafka'))('three brokers', { timeout: 120_000 }, () => {
  let cluster: KafkaCluster;
  let hands: ClusterHands;
  beforeAll(async () => {
    cluster = await startKafka({ nodes: 3 });
    hands = await clusterHands(cluster);
    await hands.createTopics({ orders: 6, 'orders.dlq': 3 });
    for (const partition of [0, 1, 2, 3, 4, 5]) await hands.produce('orders', 2, partition);
    await hands.commit({
      group: 'billing',
      offsets: [0, 1, 2, 3, 4, 5].map((partition) => ({ topic: 'orders', partition, offset: 1 })),
    });
  });
  afterAll(async () => {
    await hands?.close();
    await cluster?.stop();
  });

  test('one that is killed: missing, its replicas too, and the others tell the rest; all is well when it is back', async () => {
    const watched = watchCluster(cluster.brokers);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    expect(watched.newest('omninode_kafka_broker_up')).toEqual({
      '{broker="1"}': 1,
      '{broker="2"}': 1,
      '{broker="3"}': 1,
    });
    expect(watched.latest('omninode_kafka_quorum_voters')).toBe(3);
    expect(watched.latest('omninode_kafka_consumer_group_lag_messages{group="billing",topic="orders"}')).toBe(6);
    const before = watched.latest(messages);

    await cluster.kill(3);
    await expect.poll(() => watched.latest('omninode_kafka_brokers_missing'), soon).toBe(1);
    await expect.poll(() => watched.latest('omninode_kafka_brokers'), soon).toBe(2);
    await expect.poll(() => watched.latest('omninode_kafka_partitions_under_replicated'), soon).toBeGreaterThan(8);
    await expect
      .poll(() => watched.latest('omninode_kafka_topic_partitions_under_replicated{topic="orders"}'), soon)
      .toBe(6);
    expect(watched.latest('omninode_kafka_topic_partitions_under_min_isr{topic="orders"}')).toBe(0);
    await expect.poll(() => watched.latest('omninode_kafka_partitions_without_leader'), soon).toBe(0);
    await expect
      .poll(() => watched.latest('omninode_kafka_consumer_group_lag_messages{group="billing",topic="orders"}'), soon)
      .toBe(6);
    for (let partition = 0; partition < 6; partition++) await hands.produce('orders', 1, partition);
    await expect.poll(() => watched.latest(messages), soon).toBe((before ?? 0) + 6);
    expect(watched.latest('omninode_collector_target_up')).toBe(1);

    await cluster.restart(3);
    await expect.poll(() => watched.latest('omninode_kafka_partitions_under_replicated'), soon).toBe(0);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    expect(watched.latest('omninode_kafka_brokers_missing')).toBe(0);
    expect(watched.latest(messages)).toBe((before ?? 0) + 6); // nothing was counted twice, and nothing lost
    expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
    await watched.stop();
  });

  test('one that hangs: told by its probe while metadata still has it, left out of the sweep, and no pass is late for it', async () => {
    const watched = watchCluster(cluster.brokers, { requestTimeoutMs: 700 });
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    cluster.pause(2);
    onTestFinished(() => cluster.resume(2));
    await expect.poll(() => watched.latest('omninode_kafka_broker_up{broker="2"}'), soon).toBe(0);
    await expect.poll(() => watched.status('cluster'), soon).toBe('degraded');
    // Then the controllers take it out of the metadata.
    await expect.poll(() => watched.latest('omninode_kafka_brokers_missing'), soon).toBe(1);
    await expect.poll(() => watched.latest('omninode_kafka_partitions_without_leader'), soon).toBe(0);
    const timedOut = Object.entries(
      Object.assign({}, ...watched.writer.passes.map(({ points }) => points)) as Record<string, number>,
    );
    expect(
      timedOut.filter(
        ([series, count]) => series.includes('passes_total') && series.includes('timed_out') && count > 0,
      ),
    ).toEqual([]);
    cluster.resume(2);
    await expect.poll(() => watched.latest('omninode_kafka_broker_up{broker="2"}'), soon).toBe(1);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    await watched.stop();
  });

  test('without a majority of controllers the quorum is lost, though metadata answers as if nothing were (G 2)', async () => {
    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest('omninode_kafka_quorum_available'), soon).toBe(1);
    await cluster.kill(2);
    await cluster.kill(3);
    await expect.poll(() => watched.latest('omninode_kafka_quorum_available'), soon).toBe(0);
    await expect.poll(() => watched.reason('cluster'), soon).toContain('The controllers have no leader that answers');
    expect(watched.status('cluster')).toBe('degraded');
    expect(watched.latest('omninode_kafka_topics')).toBe(2); // as if nothing were
    await Promise.all([cluster.restart(2), cluster.restart(3)]);
    await expect.poll(() => watched.latest('omninode_kafka_quorum_available'), soon).toBe(1);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    await watched.stop();
  });
});

describe.skipIf(unavailable('kafka'))('one broker', { timeout: 60_000 }, () => {
  test('that is killed: unreachable with the next step, then all goes on, and totals with it', async () => {
    const cluster = await startKafka();
    const hands = await clusterHands(cluster);
    await hands.createTopics({ orders: 1, 'orders.dlq': 1 });
    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(messages), soon).toBe(0);
    await hands.produce('orders', 3);
    await expect.poll(() => watched.latest(messages), soon).toBe(3);
    await cluster.kill(1);
    await expect.poll(() => watched.status('topics'), soon).toBe('unreachable');
    expect(watched.status('cluster')).toBe('unreachable');
    await expect
      .poll(() => watched.reason('topics'), soon)
      .toBe(`Nothing listens at ${cluster.brokers[0]}. Start the brokers, or correct host and port. (ECONNREFUSED)`);
    expect(watched.latest('omninode_collector_target_up')).toBe(0);
    await cluster.restart(1);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    await expect
      .poll(
        () =>
          hands.produce('orders', 1).then(
            () => true,
            () => false,
          ),
        soon,
      )
      .toBe(true);
    await expect.poll(() => watched.latest(messages), soon).toBe(4);
    expect(watched.logger.lines.slice(-2)).toMatchObject([
      { sentence: 'The target can not be reached.' },
      { sentence: 'The target can be reached again.' },
    ]);

    cluster.pause(1);
    onTestFinished(() => cluster.resume(1));
    await expect.poll(() => watched.status('topics'), soon).toMatch(/timed_out|unreachable/);
    await expect.poll(() => watched.status('cluster'), soon).toMatch(/timed_out|unreachable/);
    cluster.resume(1);
    for (const family of families) await expect.poll(() => watched.status(family), soon).toBe('ok');
    await watched.stop();
    await hands.close();
    await cluster.stop();
  });
});
