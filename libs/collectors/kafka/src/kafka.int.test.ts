import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@omninode/collector-kit';
import { openLogReader } from '@omninode/kafka-link';
import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaConfig } from './kafka.config.js';
import { kafkaReader } from './kafka.reader.js';
import { selectionOf } from './selection/selection.js';
import type { SweepParts } from './sweep/sweep-parts.js';
import { clusterHands } from './testing/cluster-hands.js';
import type { ClusterHands } from './testing/cluster-hands.js';
import { watchCluster, withDefaults } from './testing/watch-cluster.js';

const soon = { timeout: 15_000, interval: 100 };
const ofTopic = (metric: string, topic: string) => `omninode_kafka_topic_${metric}{topic="${topic}"}`;
const ofGroup = (metric: string, group: string, topic?: string) =>
  `omninode_kafka_consumer_group_${metric}{group="${group}"${topic ? `,topic="${topic}"` : ''}}`;
const verdictOf = (group: string, verdict: string) =>
  `omninode_kafka_consumer_group_verdict{group="${group}",verdict="${verdict}"}`;
const stateOf = (group: string, type: string, state: string) =>
  `omninode_kafka_consumer_group_state{group="${group}",type="${type}",state="${state}"}`;

describe.skipIf(unavailable('kafka'))('one broker', () => {
  let cluster: KafkaCluster;
  let hands: ClusterHands;
  beforeAll(async () => {
    cluster = await startKafka({ settings: { 'log.cleaner.backoff.ms': 200 } });
    hands = await clusterHands(cluster);
  });
  afterAll(async () => {
    await hands?.close();
    await cluster?.stop();
  });

  test('groups with and without members, classic and new: state, members, lag, and no group of the new protocol is dead (7.4)', async () => {
    await hands.createTopics({ orders: 3 });
    await hands.produce('orders', 4, 0);
    await hands.produce('orders', 6, 1);
    const consumer = await hands.consume('billing', 'orders');
    await hands.commit({ group: 'reports', offsets: [{ topic: 'orders', partition: 0, offset: 1 }] });
    const member = await hands.joinNewGroup('shipping', ['orders']);
    await hands.commit({
      group: 'shipping',
      member: { id: member.memberId, epoch: member.epoch },
      offsets: [{ topic: 'orders', partition: 1, offset: 4 }],
    });

    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(stateOf('shipping', 'consumer', 'stable')), soon).toBe(1);
    expect(watched.latest(ofGroup('members', 'shipping'))).toBe(1);
    await expect.poll(() => watched.latest(ofGroup('lag_messages', 'shipping', 'orders')), soon).toBe(2);
    await expect.poll(() => watched.latest(ofGroup('lag_messages', 'billing', 'orders')), soon).toBe(0);
    expect(watched.latest(stateOf('billing', 'classic', 'stable'))).toBe(1);
    // Its commits tell of one partition; the other one with messages is counted, not mixed in.
    expect(watched.latest(stateOf('reports', 'classic', 'empty'))).toBe(1);
    expect(watched.latest(ofGroup('members', 'reports'))).toBe(0);
    expect(watched.latest(ofGroup('lag_messages', 'reports', 'orders'))).toBe(3);
    expect(watched.latest(ofGroup('uncommitted_partitions', 'reports', 'orders'))).toBe(1);

    await member.leave();
    await expect
      .poll(() => watched.newest('omninode_kafka_consumer_group_state'), soon)
      .toMatchObject({
        '{group="shipping",type="consumer",state="stable"}': 0,
        '{group="shipping",type="consumer",state="empty"}': 1,
      });
    await expect.poll(() => watched.latest(ofGroup('members', 'shipping')), soon).toBe(0);
    await consumer.leave();
    expect(watched.status('consumer-groups')).toBe('ok');
    await watched.stop();
  });

  test('lag in seconds from samples, across an owner and a clock; who stands still is stalled or stopped, who has read all is idle', async () => {
    await hands.createTopics({ invoices: 1, refunds: 1 });
    await hands.produce('invoices', 1);
    const commitAt = (group: string, offset: number) =>
      hands.commit({ group, offsets: [{ topic: 'invoices', partition: 0, offset }] });
    await commitAt('empty-handed', 1);
    await commitAt('left-behind', 1);
    const member = await hands.joinNewGroup('busy', ['invoices']);
    await hands.commit({
      group: 'busy',
      member: { id: member.memberId, epoch: member.epoch },
      offsets: [{ topic: 'invoices', partition: 0, offset: 1 }],
    });

    let shiftMs = 0;
    const settings = { clock: { ...systemClock, nowMs: () => Date.now() + shiftMs } };
    const first = watchCluster(cluster.brokers, { settings });
    await expect
      .poll(() => first.values(ofGroup('lag_seconds', 'left-behind', 'invoices')).length, soon)
      .toBeGreaterThan(1);
    expect(first.latest(ofGroup('lag_seconds', 'left-behind', 'invoices'))).toBe(0);
    await expect.poll(() => first.latest(verdictOf('left-behind', 'idle')), soon).toBe(1);
    await hands.produce('invoices', 5);
    await commitAt('empty-handed', 6);
    await expect.poll(() => first.latest(ofGroup('lag_messages', 'left-behind', 'invoices')), soon).toBe(5);
    await first.stop();

    shiftMs = 400_000;
    const second = watchCluster(cluster.brokers, { settings, memory: first.memory.current });
    await expect
      .poll(() => second.latest(ofGroup('lag_seconds', 'left-behind', 'invoices')), soon)
      .toBeGreaterThan(400);
    expect(second.latest(ofGroup('lag_seconds', 'left-behind', 'invoices'))).toBeLessThan(420);
    expect(second.latest(ofGroup('lag_seconds', 'empty-handed', 'invoices'))).toBe(0);
    await expect.poll(() => second.latest(verdictOf('left-behind', 'stopped')), soon).toBe(1);
    expect(second.latest(verdictOf('left-behind', 'idle'))).toBe(0);
    expect(second.latest(verdictOf('busy', 'stalled'))).toBe(1);
    expect(second.latest(verdictOf('empty-handed', 'idle'))).toBe(1);
    expect(
      second.writer.events('kafka.consumer_group_verdict_changed').map(({ attributes }) => attributes),
    ).toContainEqual({
      group: 'left-behind',
      from: 'idle',
      to: 'stopped',
      members: 0,
    });

    await commitAt('left-behind', 6);
    await expect.poll(() => second.latest(verdictOf('left-behind', 'ok')), soon).toBe(1);
    expect(second.latest(ofGroup('throughput_messages_total', 'left-behind', 'invoices'))).toBe(5);
    await commitAt('left-behind', 2);
    await expect
      .poll(() => second.writer.events('kafka.consumer_group_rewound').map(({ attributes }) => attributes), soon)
      .toEqual([{ group: 'left-behind', topic: 'invoices', messages: 4, partitions: 1 }]);
    await member.leave();
    await second.stop();
  });

  test('a commit below 0 is none (G 3.2.3), and so is a group that only joined (7.2)', async () => {
    await hands.createTopics({ letters: 1 });
    await hands.produce('letters', 3);
    await hands.commit({ group: 'reset', offsets: [{ topic: 'letters', partition: 0, offset: -2 }] });
    const member = await hands.joinNewGroup('newcomer', ['letters']);
    const watched = watchCluster(cluster.brokers, { config: { ...withDefaults, topics: { include: ['^letters$'] } } });
    await expect.poll(() => watched.latest(verdictOf('newcomer', 'never_committed')), soon).toBe(1);
    expect(watched.latest(verdictOf('reset', 'never_committed'))).toBe(1);
    expect(watched.newest('omninode_kafka_consumer_group_lag_messages')).toEqual({});
    await member.leave();
    await watched.stop();
  });

  test('what retention took from a group is lost, not behind (7.1)', async () => {
    await hands.createTopics({ clicks: 1 });
    await hands.produce('clicks', 10);
    await hands.commit({ group: 'slow', offsets: [{ topic: 'clicks', partition: 0, offset: 2 }] });
    await hands.admin.fetchTopicOffsets('clicks'); // kafkajs has to know the topic's leader (G 3.2.6)
    await hands.admin.deleteTopicRecords({ topic: 'clicks', partitions: [{ partition: 0, offset: '6' }] });
    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(ofGroup('expired_messages', 'slow', 'clicks')), soon).toBe(4);
    expect(watched.latest(ofGroup('lag_messages', 'slow', 'clicks'))).toBe(4);
    expect(watched.latest(ofTopic('messages', 'clicks'))).toBe(4);
    await watched.stop();
  });

  test('an open transaction shows, and lag counts to the high watermark (G 3.2.1); aborted records and marks stay in the lag (G 3.2.2)', async () => {
    await hands.createTopics({ payments: 1 });
    await hands.produce('payments', 1);
    await hands.commit({ group: 'audit', offsets: [{ topic: 'payments', partition: 0, offset: 1 }] });
    const producer = hands.kafka.producer({ transactionalId: 'payments', maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'payments', messages: [{ value: 'a' }, { value: 'b' }] });

    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(ofTopic('open_transaction_messages', 'payments')), soon).toBe(2);
    expect(watched.latest(ofGroup('lag_messages', 'audit', 'payments'))).toBe(2);
    await transaction.abort();
    await expect.poll(() => watched.latest(ofTopic('open_transaction_messages', 'payments')), soon).toBe(0);
    await expect.poll(() => watched.latest(ofGroup('lag_messages', 'audit', 'payments')), soon).toBe(3);
    await producer.disconnect();
    await watched.stop();
  });

  test('in a compacted topic offsets are counted, not records (G 3.4)', async () => {
    const settings = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01' };
    await hands.createTopics({ profiles: 1 }, settings);
    const write = (count: number) =>
      hands.producer.send({
        topic: 'profiles',
        messages: Array.from({ length: count }, () => ({ key: 'one', value: 'x' })),
      });
    await hands.commit({ group: 'cache', offsets: [{ topic: 'profiles', partition: 0, offset: 0 }] });
    await write(50);
    const reader = await openLogReader(hands.kafka);
    const records = async () =>
      (await reader.fetch('profiles', new Map([[0, 0]]), 100)).flatMap((of) => of.records).length;
    let written = 50;
    await expect
      .poll(
        async () => {
          // Only what lies before the newest segment is compacted, and a write begins a new one.
          await sleep(150);
          await write(1);
          written++;
          return records();
        },
        { timeout: 25_000, interval: 100 },
      )
      .toBeLessThan(20);
    const watched = watchCluster(cluster.brokers);
    await expect.poll(() => watched.latest(ofGroup('lag_messages', 'cache', 'profiles')), soon).toBe(written);
    expect(watched.latest(ofTopic('messages', 'profiles'))).toBe(written);
    await reader.close();
    await watched.stop();
  });

  test('a commit is never newer than the end that it is compared with, whatever is asked for first (7.1)', async () => {
    await hands.createTopics({ rush: 1 });
    const selection = selectionOf(kafkaConfig.parse({ topics: { include: ['^rush$'] }, groups: {}, deadLetters: {} }));
    const reader = kafkaReader({ selection, connectTimeoutMs: 2_000, requestTimeoutMs: 2_000 });
    const target = { id: 'rush', brokers: cluster.brokers, labels: {} };
    const session = await reader.connect(target, AbortSignal.timeout(5_000));
    let isOver = false;
    const consuming = (async () => {
      for (let offset = 1; !isOver; offset++) {
        await hands.produce('rush', 1);
        await hands.commit({ group: 'rushing', offsets: [{ topic: 'rush', partition: 0, offset }] });
      }
    })();
    let compared = 0;
    for (let pass = 0; pass < 80; pass++) {
      const query = ['metadata', 'offsets', 'groups'] as const;
      const { reply } = await session.read(query, 'consumer-groups', AbortSignal.timeout(5_000));
      const { groups, offsets } = reply as Pick<SweepParts, 'groups' | 'offsets'>;
      const committed = groups.groups.find(({ group }) => group === 'rushing')?.committed?.[0]?.[2];
      if (committed === undefined) continue;
      compared++;
      expect(offsets.topics['rush']?.ends[0]).toBeGreaterThanOrEqual(committed);
    }
    isOver = true;
    await consuming;
    expect(compared).toBeGreaterThan(40);
    await session.close();
  });

  test('only what is selected is watched, and what a cap leaves out is told', async () => {
    await hands.createTopics({ 'shop.orders': 1, 'shop.tests': 1 });
    await hands.commit({ group: 'shop.a', offsets: [{ topic: 'shop.orders', partition: 0, offset: 0 }] });
    await hands.commit({ group: 'shop.b', offsets: [{ topic: 'shop.tests', partition: 0, offset: 0 }] });
    await hands.commit({
      group: 'console-consumer-12345',
      offsets: [{ topic: 'shop.orders', partition: 0, offset: 0 }],
    });
    const config = {
      topics: { include: ['^shop\\.'], exclude: ['tests$'] },
      groups: { include: ['^shop\\.', 'console'], max: 1 },
      deadLetters: {},
    };
    const watched = watchCluster(cluster.brokers, { config });
    await expect.poll(() => watched.latest('omninode_kafka_consumer_groups_left_out'), soon).toBe(1);
    expect(watched.newest('omninode_kafka_topic_partitions')).toEqual({ '{topic="shop.orders"}': 1 });
    expect(watched.newest('omninode_kafka_consumer_group_lag_messages')).toEqual({
      '{group="shop.a",topic="shop.orders"}': 0,
    });
    expect(watched.newest('omninode_kafka_consumer_group_members')).toEqual({ '{group="shop.a"}': 0 });
    await expect.poll(() => watched.status('consumer-groups'), soon).toBe('degraded');
    expect(watched.reason('consumer-groups')).toContain('collectors.kafka.groups.max');
    const all = watchCluster(cluster.brokers, {
      config: { ...withDefaults, topics: { internal: true }, groups: { internal: true } },
    });
    await expect.poll(() => all.latest(ofTopic('partitions', '__consumer_offsets')), soon).toBe(3);
    await expect.poll(() => all.latest(ofGroup('members', 'console-consumer-12345')), soon).toBe(0);
    await all.stop();
    await watched.stop();
  });
});
