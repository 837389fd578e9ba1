import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { reportMissing } from '../missing.js';
import { kafkaAnswers, readCluster } from './answers.js';
import { startKafka } from './kafka.js';
import type { KafkaCluster } from './kafka.js';
import { missingKafka, missingSecureKafka } from './programs.js';

const soon = () => AbortSignal.timeout(3_000);
const view = (cluster: KafkaCluster, nodeId: number) =>
  readCluster('127.0.0.1', cluster.nodes[nodeId - 1]?.port ?? 0, soon());
const loaded = { timeout: 150_000 }; // a broker takes 3 s on an idle machine, 30 on a busy one

test.skipIf(reportMissing('Kafka', missingKafka()))(
  'one node answers, survives kill -9 with its identity, and leaves nothing behind',
  loaded,
  async () => {
    const cluster = await startKafka({ settings: { 'log.retention.hours': 7 } });
    expect(cluster.brokers).toEqual([`127.0.0.1:${cluster.nodes[0]?.port}`]);
    expect(await view(cluster, 1)).toEqual({ brokerIds: [1], controllerId: 1 });
    const logFile = cluster.nodes[0]?.logFile as string;
    const settings = readFileSync(join(dirname(logFile), 'node-1.properties'), 'utf8');
    expect(settings).toContain('auto.create.topics.enable=false\n');
    expect(settings).toContain('log.retention.hours=7\n');
    const identity = () => readFileSync(join(dirname(logFile), 'node-1', 'meta.properties'), 'utf8');
    const before = identity();

    await cluster.kill(1);
    await expect(view(cluster, 1)).rejects.toThrow('ECONNREFUSED');
    await cluster.restart(1);
    expect(identity()).toBe(before);
    cluster.pause(1);
    await expect(readCluster('127.0.0.1', cluster.nodes[0]?.port ?? 0, AbortSignal.timeout(300))).rejects.toThrow(
      'timeout',
    );
    cluster.resume(1);
    expect(await view(cluster, 1)).toEqual({ brokerIds: [1], controllerId: 1 });
    await cluster.stop();
    expect(existsSync(dirname(logFile))).toBe(false);
  },
);

test.skipIf(reportMissing('Kafka', missingKafka()))(
  'three nodes notice a killed one and take it back',
  loaded,
  async () => {
    const cluster = await startKafka({ nodes: 3 });
    for (const nodeId of [1, 2, 3]) expect((await view(cluster, nodeId)).brokerIds).toEqual([1, 2, 3]);
    const { controllerId } = await view(cluster, 1);
    const survivor = controllerId === 1 ? 2 : 1;
    await cluster.kill(controllerId);
    const left = [1, 2, 3].filter((nodeId) => nodeId !== controllerId);
    await expect.poll(async () => (await view(cluster, survivor)).brokerIds, { timeout: 60_000 }).toEqual(left);
    await cluster.restart(controllerId);
    await expect.poll(async () => (await view(cluster, survivor)).brokerIds, { timeout: 60_000 }).toEqual([1, 2, 3]);
    expect(() => cluster.kill(4)).toThrow('has no node 4');
    await cluster.stop();
  },
);

test.skipIf(reportMissing('Kafka with TLS', missingSecureKafka()))(
  'a secure node has a certificate of its authority and wants a login',
  loaded,
  async () => {
    const cluster = await startKafka({ security: 'sasl-ssl' });
    const [node] = cluster.nodes;
    const { port = 0, logFile = '' } = node ?? {};
    await kafkaAnswers('127.0.0.1', port, soon(), true);
    // Metadata without a login: the node closes the connection. Without TLS it does not understand a word.
    await expect(readCluster('127.0.0.1', port, soon())).rejects.toThrow();
    const socket = connect({ host: '127.0.0.1', port, ca: readFileSync(cluster.security?.caFile ?? '') });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();

    const properties = join(dirname(logFile), 'node-1.properties');
    expect(statSync(properties).mode & 0o077).toBe(0);
    expect(readFileSync(logFile, 'utf8')).not.toContain(cluster.security?.passwords.admin);
    await cluster.restart(1);
    await cluster.stop();
  },
);

test.skipIf(reportMissing('Kafka', missingKafka()))(
  'a setting that Kafka refuses is an error with its words, also for three nodes',
  loaded,
  async () => {
    await expect(startKafka({ nodes: 3, settings: { 'num.io.threads': 'plenty' } })).rejects.toMatchObject({
      message: expect.stringContaining('num.io.threads') as string,
    });
  },
);
