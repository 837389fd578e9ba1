import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaClient } from '@omninode/kafka-link';
import { unavailable } from '@omninode/local-services';
import { ledgerOf, loadValues, mountedDisk } from '@omninode/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBrokerProxy } from './testing/broker-proxy.js';
import { startMeshOnKafka, topics, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { proveNothingLost, untilShared } from './testing/proof.js';

const sessionMs = 10_000;

describe.skipIf(unavailable('kafka'))('one broker', { timeout: 180_000 }, () => {
  test.for(['to-client', 'to-server'] as const)(
    'a network that is dead %s for one of two aggregators: the other takes over, the dead one shows nothing',
    async (direction) => {
      const { proxy, proxied } = await startBrokerProxy();
      onTestFinished(() => proxy.close());
      const mesh = await started({ kafka: { proxied }, aggregators: 1 });
      const cutOff = await mesh.addAggregator({ OMNINODE_BUS_BROKERS: `127.0.0.1:${proxy.port}` });
      await untilShared(mesh, [6, 6]);

      proxy.stall(direction);
      await sleep(sessionMs);
      expect([...(await loadValues(cutOff)).keys()]).toEqual([]);
      await untilShared(mesh, [12], 60_000);
      await proxy.heal();
      await untilShared(mesh, [6, 6], 60_000);
      await proveNothingLost(mesh);
    },
  );

  test('the measurement topic is deleted: it is made anew, counters go on, and what was lost with it is said (B 20)', async () => {
    const mesh = await started({ aggregators: 2 });
    await untilShared(mesh, [6, 6]);
    // Long enough that the new log is shorter for a while: that is how it is told from the old one.
    await sleep(10_000);
    const admin = kafkaClient({ brokers: mesh.kafka.brokers, clientId: 'vandal' }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topics.measurement] });
    await admin.disconnect();
    const before = mesh.load.acknowledged;
    await expect.poll(() => mesh.load.acknowledged - before, { timeout: 60_000 }).toBeGreaterThan(500);
    await untilShared(mesh, [6, 6], 60_000);
    await mesh.load.finish();

    const written = [...mesh.load.written];
    const shown = async () =>
      new Map((await Promise.all(mesh.aggregators.map(loadValues))).flatMap((page) => [...page]));
    await expect.poll(shown, { timeout: 60_000, interval: 1_000 }).toEqual(new Map(written));
    expect(mesh.watch.falls).toEqual([]);
    const { totals } = await ledgerOf(mesh.aggregators[0]!);
    expect(totals.applied + totals.missing).toBeGreaterThanOrEqual(mesh.load.acknowledged);
    console.log(`topic deleted: ${mesh.load.acknowledged} acknowledged, ${JSON.stringify(totals)}`);
  });

  test('the disk of the broker is full: what is sent waits, and arrives when there is room', async (context) => {
    const folder = mountedDisk('200m', (reason) => context.skip(reason));
    const mesh = await started({ kafka: { folder: join(folder, 'kafka') }, aggregators: 1, partitions: 3 });
    await untilShared(mesh, [3]);
    const filler = join(folder, 'filler');
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 512 * 1024)));
    const node = mesh.kafka.nodes[0]!;
    await expect.poll(() => mesh.load.publisher.stats().spoolBytes, { timeout: 90_000 }).toBeGreaterThan(100_000);
    rmSync(filler);
    await node.kill();
    await node.restart();
    await expect.poll(() => mesh.load.publisher.stats().spoolBytes, { timeout: 60_000 }).toBe(0);
    await untilShared(mesh, [3]);
    await proveNothingLost(mesh);
  });
});

async function started(options: Parameters<typeof startMeshOnKafka>[0]): Promise<MeshOnKafka> {
  const mesh = await startMeshOnKafka(options);
  onTestFinished(() => mesh.end());
  return mesh;
}
