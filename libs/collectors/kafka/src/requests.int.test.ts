import {
  describeConsumerGroups,
  describeGroups,
  describeLogDirs,
  describeQuorum,
  describeTopicSettings,
  fetchOffsets,
  fetchOffsetsOfGroup,
  listGroups,
  listOffsets,
  logEnd,
  logStart,
  metadata,
  openClusterLink,
} from '@omninode/kafka-link';
import type { ClusterLink, KafkaApi } from '@omninode/kafka-link';
import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterHands } from './testing/cluster-hands.js';
import type { ClusterHands } from './testing/cluster-hands.js';

const limits = () => ({ signal: new AbortController().signal, timeoutMs: 5_000 });

describe.skipIf(unavailable('kafka'))('what we ask a real broker', () => {
  let cluster: KafkaCluster;
  let hands: ClusterHands;
  let link: ClusterLink;
  beforeAll(async () => {
    cluster = await startKafka();
    hands = await clusterHands(cluster);
    await hands.createTopics({ orders: 3 });
    await hands.produce('orders', 5, 1);
    await hands.consume('billing', 'orders');
    await hands.commit({ group: 'reports', offsets: [{ topic: 'orders', partition: 1, offset: 2 }] });
    await hands.joinNewGroup('shipping', ['orders']);
    link = openClusterLink({ brokers: cluster.brokers, clientId: 'versions' });
    link.learn((await link.askAny(metadata, undefined, limits())).reply.brokers);
  });
  afterAll(async () => {
    link?.destroy();
    await hands?.close();
    await cluster?.stop();
  });

  /** The answers in every version of ours that the broker speaks. */
  async function inAllVersions<Request, Reply>(
    api: KafkaApi<Request, Reply>,
    request: Request,
  ): Promise<Map<number, Reply>> {
    // The end of the compact encoding; metadata and the quorum end in further fields, which we have no use for.
    const mostLeft = (version: number) =>
      ['Metadata', 'DescribeQuorum'].includes(api.name) ? 8 : Number(version >= api.flexibleFrom);
    const replies = new Map<number, Reply>();
    for (let version = api.oldestVersion; version <= api.newestVersion; version++) {
      let left = -1;
      const only: KafkaApi<Request, Reply> = {
        ...api,
        oldestVersion: version,
        newestVersion: version,
        read(reader, spoken) {
          const reply = api.read(reader, spoken);
          left = reader.left;
          return reply;
        },
      };
      replies.set(version, (await link.ask(1, only, request, limits())).reply);
      expect(left, `unread in version ${version}`).toBeLessThanOrEqual(mostLeft(version));
      expect(left).toBeGreaterThanOrEqual(0);
    }
    return replies;
  }

  test('metadata: 5 to 12', async () => {
    const replies = await inAllVersions(metadata, undefined);
    expect([...replies.keys()]).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    for (const [version, { brokers, topics, clusterId }] of replies) {
      expect(brokers).toEqual([{ id: 1, host: '127.0.0.1', port: cluster.nodes[0]?.port, rack: null }]);
      expect(clusterId).toMatch(/^[\w-]{22}$/);
      const orders = topics.find(({ name }) => name === 'orders');
      const partitions = [0, 1, 2].map((partition) => ({
        partition,
        errorCode: 0,
        leader: 1,
        replicas: [1],
        inSync: [1],
        offline: [],
      }));
      expect(orders?.partitions.toSorted((a, b) => a.partition - b.partition)).toEqual(partitions);
      expect(orders).toMatchObject({ errorCode: 0, isInternal: false });
      if (version >= 10) expect(orders?.id).toMatch(/^[0-9a-f]{32}$/);
      else expect(orders?.id).toBeUndefined();
      expect(topics.find(({ name }) => name === '__consumer_offsets')?.isInternal).toBe(true);
    }
  });

  test('offsets: 2 to 7, of the ends and by time', async () => {
    const topics = [{ topic: 'orders', partitions: [0, 1] }];
    const ask = (timestamp: number) => inAllVersions(listOffsets, { readCommitted: false, timestamp, topics });
    const of = (replies: Map<number, readonly { partition: number; offset: number; timestamp: number }[]>) =>
      [...replies.values()].map((listed) =>
        listed.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset),
      );
    expect(of(await ask(logEnd))).toEqual(Array.from({ length: 6 }, () => [0, 5]));
    expect(of(await ask(logStart))).toEqual(Array.from({ length: 6 }, () => [0, 0]));
    const byTime = await ask(0);
    expect(of(byTime)).toEqual(Array.from({ length: 6 }, () => [-1, 0]));
    const oldest = [...byTime.values()].map(
      (listed) => listed.find(({ partition }) => partition === 1)?.timestamp ?? 0,
    );
    for (const timestamp of oldest) expect(Math.abs(Date.now() - timestamp)).toBeLessThan(60_000);
  });

  test('groups: listed in 1 to 5, described by both protocols, and the old one calls a new group dead (7.4)', async () => {
    const listed = await inAllVersions(listGroups, undefined);
    for (const [version, { groups, errorCode }] of listed) {
      expect(errorCode).toBe(0);
      const sorted = groups.toSorted((a, b) => a.group.localeCompare(b.group));
      expect(sorted.map(({ group, protocolType }) => [group, protocolType])).toEqual([
        ['billing', 'consumer'],
        ['reports', ''],
        ['shipping', 'consumer'],
      ]);
      expect(sorted.map(({ state }) => state)).toEqual(
        version < 4 ? [undefined, undefined, undefined] : ['Stable', 'Empty', 'Stable'],
      );
      expect(sorted.map(({ type }) => type)).toEqual(
        version < 5 ? [undefined, undefined, undefined] : ['classic', 'classic', 'consumer'],
      );
    }
    for (const described of (await inAllVersions(describeGroups, ['billing', 'shipping'])).values()) {
      expect(described).toEqual([
        { group: 'billing', errorCode: 0, state: 'Stable', members: 1 },
        { group: 'shipping', errorCode: 0, state: 'Dead', members: 0 },
      ]);
    }
    for (const described of (await inAllVersions(describeConsumerGroups, ['shipping'])).values()) {
      expect(described).toEqual([{ group: 'shipping', errorCode: 0, state: 'Stable', members: 1 }]);
    }
  });

  test('commits: many groups in 8, one in 3 to 7', async () => {
    const committed = [{ topic: 'orders', partition: 1, offset: 2, errorCode: 0 }];
    const many = await inAllVersions(fetchOffsets, ['reports', 'nobody']);
    expect(many.get(8)).toEqual([
      { group: 'reports', errorCode: 0, partitions: committed },
      { group: 'nobody', errorCode: 0, partitions: [] },
    ]);
    const single = await inAllVersions(fetchOffsetsOfGroup, 'reports');
    expect([...single.values()]).toEqual(Array.from({ length: 5 }, () => ({ errorCode: 0, partitions: committed })));
  });

  test('sizes of logs: 1 to 4', async () => {
    for (const [version, { dirs, errorCode }] of await inAllVersions(describeLogDirs, undefined)) {
      expect(errorCode).toBe(0);
      const log = dirs[0]?.logs.find(({ topic, partition }) => topic === 'orders' && partition === 1);
      expect(log?.bytes).toBeGreaterThan(0);
      if (version < 4) expect(dirs[0]?.usableBytes).toBeUndefined();
      else expect(dirs[0]?.usableBytes).toBeGreaterThan(1_000_000);
    }
  });

  test('what waits behind an answer that is late fails with it, at once, and the next request is answered', async () => {
    cluster.pause(1);
    try {
      const startMs = performance.now();
      const ask = (timeoutMs: number) => link.ask(1, metadata, undefined, { ...limits(), timeoutMs });
      expect(await Promise.allSettled([ask(20_000), ask(300)])).toMatchObject([
        { reason: { code: 'KAFKA_UNREACHABLE' } },
        { reason: { code: 'KAFKA_BROKER_SILENT' } },
      ]);
      expect(performance.now() - startMs).toBeLessThan(5_000);
      const gone = AbortSignal.abort(new Error('not wanted any more'));
      await expect(link.ask(1, metadata, undefined, { signal: gone, timeoutMs: 300 })).rejects.toThrow(
        'not wanted any more',
      );
    } finally {
      cluster.resume(1);
    }
    expect((await link.ask(1, metadata, undefined, limits())).reply.brokers).toHaveLength(1);
  });

  test('quorum: 0 and 1; settings: 1 to 4', async () => {
    for (const [version, quorum] of await inAllVersions(describeQuorum, undefined)) {
      expect(quorum).toMatchObject({ errorCode: 0, leaderId: 1, voters: [{ id: 1 }] });
      if (version === 1) expect(Math.abs((quorum.voters[0]?.caughtUpAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    }
    const request = { topics: ['orders', 'nothing'], settings: ['min.insync.replicas', 'cleanup.policy'] };
    for (const settings of (await inAllVersions(describeTopicSettings, request)).values()) {
      expect(settings).toEqual([
        { topic: 'orders', errorCode: 0, settings: { 'min.insync.replicas': '1', 'cleanup.policy': 'delete' } },
        { topic: 'nothing', errorCode: 3, settings: {} },
      ]);
    }
  });
});
