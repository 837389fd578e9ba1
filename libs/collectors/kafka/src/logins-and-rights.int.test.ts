import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startKafka, unavailable } from '@omninode/local-services';
import type { KafkaCluster } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kafkaTargets } from './kafka-target.js';
import { clusterHands } from './testing/cluster-hands.js';
import type { ClusterHands } from './testing/cluster-hands.js';
import { watchCluster } from './testing/watch-cluster.js';

const soon = { timeout: 20_000, interval: 100 };

describe.skipIf(unavailable('kafka'))('a broker with TLS, logins and ACLs', { timeout: 60_000 }, () => {
  let cluster: KafkaCluster;
  let hands: ClusterHands;
  let passwords: { admin: string; omninode: string };
  let caFile: string;
  beforeAll(async () => {
    cluster = await startKafka({ security: 'sasl-ssl' });
    ({ passwords, caFile } = cluster.security!);
    hands = await clusterHands({
      brokers: cluster.brokers,
      tls: { ca: [readFileSync(caFile, 'utf8')] },
      sasl: { mechanism: 'scram-sha-512', username: 'admin', password: passwords.admin },
    });
    await hands.createTopics({ orders: 1, 'orders.dlq': 1 });
    await hands.commit({ group: 'billing', offsets: [{ topic: 'orders', partition: 0, offset: 0 }] });
  });
  afterAll(async () => {
    await hands?.close();
    await cluster?.stop();
  });

  /** A target as the configuration file gives it. */
  function target(url: string, options: Readonly<Record<string, unknown>> = { caFile }) {
    const [made] = kafkaTargets([{ id: 'events', kind: 'kafka', url: new Secret(url), labels: {}, options }]);
    return made!;
  }
  const watch = (url: string, options?: Readonly<Record<string, unknown>>) =>
    watchCluster(cluster.brokers, { target: target(url, options), requestTimeoutMs: 2_000 });
  const at = (user: string, password: string) =>
    `kafka+ssl://${user}:${encodeURIComponent(password)}@${cluster.brokers[0]}`;

  test('a login of the URL, or of the options', async () => {
    const watched = watch(at('admin', passwords.admin));
    for (const family of ['cluster', 'topics', 'consumer-groups', 'dead-letters', 'log-sizes'])
      await expect.poll(() => watched.status(family), soon).toBe('ok');
    await watched.stop();
    const options = { caFile, username: 'admin', password: new Secret(passwords.admin), mechanism: 'scram-sha-512' };
    const second = watch(`kafka+ssl://${cluster.brokers[0]}`, options);
    await expect.poll(() => second.status('cluster'), soon).toBe('ok');
    await second.stop();
  });

  test.each([
    ['a wrong password', () => watch(at('admin', 'wrong-s3cret')), 'auth_failed', 'refused the login of user admin'],
    ['no login', () => watch(`kafka+ssl://${cluster.brokers[0]}`), 'unreachable', 'a login (user and password)'],
    ['no TLS', () => watch(`kafka://${cluster.brokers[0]}`), 'unreachable', 'TLS (kafka+ssl://)'],
    ['an authority that we do not know', () => watch(at('admin', passwords.admin), {}), 'unreachable', 'Check caFile'],
    [
      'a mechanism that is not enabled',
      () => watch(at('admin', passwords.admin), { caFile, mechanism: 'plain' }),
      'auth_failed',
      'Check mechanism',
    ],
    [
      'a file that is not there',
      () => watch(at('admin', passwords.admin), { caFile: '/nowhere/ca.crt' }),
      'unreachable',
      '/nowhere/ca.crt',
    ],
  ] as const)('%s is told with the next step, and no secret', async (_, begin, status, words) => {
    const watched = begin();
    await expect.poll(() => watched.status('topics'), soon).toBe(status);
    expect(watched.reason('topics')).toContain(words);
    await watched.stop();
    const said = JSON.stringify([watched.writer.passes, watched.logger.lines]);
    for (const secret of ['s3cret', passwords.admin]) expect(said).not.toContain(secret);
  });

  test('a login without rights sees an empty cluster, which is told as such, and each right mends its family', async () => {
    const watched = watch(at('omninode', passwords.omninode));
    await expect.poll(() => watched.status('topics'), soon).toBe('permission');
    expect(watched.reason('topics')).toContain("User:omninode --operation Describe --topic '*'");
    await expect.poll(() => watched.status('consumer-groups'), soon).toBe('permission');
    await expect.poll(() => watched.status('cluster'), soon).toBe('permission');
    await expect.poll(() => watched.status('log-sizes'), soon).toBe('permission');
    expect(watched.latest('omninode_kafka_quorum_available')).toBeUndefined();

    // What was there before the right was given is no arrival.
    await hands.produce('orders.dlq', 4);
    await allow(2, '*', [8]);
    await expect.poll(() => watched.latest('omninode_kafka_topic_messages{topic="orders"}'), soon).toBe(0);
    await expect
      .poll(() => watched.latest('omninode_kafka_dead_letter_backlog_messages{topic="orders.dlq"}'), soon)
      .toBe(4);
    expect(watched.latest('omninode_dead_letter_messages_total{topic="orders.dlq"}')).toBe(0);
    await expect.poll(() => watched.reason('topics'), soon).toContain('DescribeConfigs');
    expect(watched.latest('omninode_kafka_topic_partitions_under_min_isr{topic="orders"}')).toBeUndefined();
    await allow(2, '*', [10]);
    await allow(3, '*', [8]);
    await allow(4, 'kafka-cluster', [8]);
    for (const family of ['cluster', 'topics', 'consumer-groups', 'log-sizes'])
      await expect.poll(() => watched.status(family), soon).toBe('ok');
    expect(watched.latest('omninode_kafka_topic_partitions_under_min_isr{topic="orders"}')).toBe(0);
    expect(watched.latest('omninode_kafka_consumer_group_lag_messages{group="billing",topic="orders"}')).toBe(0);
    await watched.stop();
  });

  /** Resources: 2 topic, 3 group, 4 cluster. Operations: 8 Describe, 10 DescribeConfigs. */
  async function allow(resourceType: number, resourceName: string, operations: readonly number[]): Promise<void> {
    const rule = { principal: 'User:omninode', host: '*', permissionType: 3, resourcePatternType: 3 };
    await hands.admin.createAcls({
      acl: operations.map((operation) => ({ ...rule, resourceType, resourceName, operation })),
    });
  }
});

test('a port that takes connections and never says a word, and a host that is not known', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  silent.unref();
  await once(silent, 'listening');
  const watched = watchCluster([`127.0.0.1:${(silent.address() as AddressInfo).port}`], { requestTimeoutMs: 500 });
  await expect.poll(() => watched.status('cluster'), soon).toMatch(/timed_out|unreachable/);
  expect(watched.reason('cluster')).toContain('in time');
  await watched.stop();
  silent.close();
  const lost = watchCluster(['no-such-host.invalid:9092']);
  await expect
    .poll(() => lost.reason('cluster'), soon)
    .toContain('The hosts of no-such-host.invalid:9092 are not known');
  expect(lost.status('topics')).toBe('unreachable');
  await lost.stop();
});

test('what answers is no broker', async () => {
  const web = createServer((socket) =>
    socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  ).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const watched = watchCluster([`127.0.0.1:${(web.address() as AddressInfo).port}`], { requestTimeoutMs: 500 });
  await expect.poll(() => watched.status('cluster'), soon).toMatch(/timed_out|unreachable/);
  await watched.stop();
  web.close();
});
