import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '@omninode/local-services';
import { ask, loadValues, seededChance, type FaultProxy } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrokerProxy } from './testing/broker-proxy.js';
import { startMeshOnKafka, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { proveNothingLost, untilShared } from './testing/proof.js';

const seed = Number(process.env['SCALING_SEED'] ?? Date.now() % 1_000_000);
const chance = seededChance(seed);
/** The default session, and what a restore of these small states takes on a busy machine. */
const sessionMs = 10_000;
const restoreMs = 12_000;

describe.skipIf(unavailable('kafka'))(`aggregators under load, SCALING_SEED=${seed}`, { timeout: 120_000 }, () => {
  let mesh: MeshOnKafka;
  let proxy: FaultProxy;
  beforeAll(async () => {
    const broker = await startBrokerProxy();
    proxy = broker.proxy;
    mesh = await startMeshOnKafka({ kafka: { proxied: broker.proxied }, aggregators: 1 });
  });
  afterAll(async () => {
    await mesh?.end();
    await proxy?.close();
  });

  test('one becomes three: they share the partitions, and any of them answers for the mesh', async () => {
    await untilShared(mesh, [12]);
    await Promise.all([mesh.addAggregator(), mesh.addAggregator()]);
    await untilShared(mesh, [4, 4, 4]);
    await expect.poll(() => samePicture(mesh, '/api/v1/targets'), { timeout: 20_000 }).toHaveLength(1);
    await expect.poll(() => samePicture(mesh, '/health'), { timeout: 20_000 }).toHaveLength(1);
    expect(
      Object.keys((JSON.parse(await ask(mesh.aggregators[2]!, '/health')) as { components: object }).components),
    ).toHaveLength(36);
  });

  test('a rolling restart', async () => {
    for (const old of mesh.aggregators) {
      expect(await old.stop()).toBe(0);
      await mesh.addAggregator();
    }
    await untilShared(mesh, [4, 4, 4]);
  });

  test('kill -9 of a member while it restores', async () => {
    // What it reads takes its time, so that the kill meets the restore.
    proxy.delay(400);
    const joining = await mesh.addAggregator({ OMNINODE_BUS_BROKERS: `127.0.0.1:${proxy.port}` });
    await expect.poll(() => ask(joining, '/readyz'), { timeout: 30_000, interval: 50 }).toMatch(/are being restored/);
    await joining.kill();
    expect(joining.log.filter((line) => line.includes('A partition was restored.'))).toEqual([]);
    // The group waits for it for a session; only then the next may die.
    await sleep(sessionMs + 2_000);
    await untilShared(mesh, [4, 4, 4]);
  });

  test('kill -9 of one that owns partitions', async () => {
    await sleep(chance() * 2_000);
    await mesh.aggregators[1]!.kill();
    await untilShared(mesh, [6, 6], sessionMs + restoreMs + 10_000);
    await mesh.addAggregator();
    await untilShared(mesh, [4, 4, 4]);
  });

  test('one that was stopped for longer than a session wakes up: it shows nothing that another owns by then', async () => {
    const [, sleeper] = mesh.aggregators;
    sleeper!.pause();
    await untilShared(mesh, [6, 6], sessionMs + restoreMs + 10_000);
    // The question waits in its socket, so it is what it answers first.
    const asked = loadValues(sleeper!);
    await sleep(500);
    sleeper!.resume();
    expect([...(await asked).keys()]).toEqual([]);
    await untilShared(mesh, [4, 4, 4]);
  });

  test('three become one; every counter is what its producer wrote, and the ledger closes', async () => {
    const [, second, third] = mesh.aggregators;
    expect(await Promise.all([second!.stop(), third!.stop()])).toEqual([0, 0]);
    await untilShared(mesh, [12]);
    const longestMs = mesh.watch.longestAbsenceMs();
    const { totals } = await proveNothingLost(mesh);
    console.log(
      `scaling: ${mesh.load.acknowledged} records acknowledged, ${JSON.stringify(totals)}; no series was away for longer than ${longestMs} ms`,
    );
    expect(longestMs).toBeLessThan(sessionMs + restoreMs);
  });
});

async function samePicture(mesh: MeshOnKafka, path: string): Promise<readonly string[]> {
  const answers = await Promise.all(mesh.aggregators.map((each) => ask(each, path)));
  const withoutTimes = answers.map((answer) => answer.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"time"'));
  return [...new Set(withoutTimes)];
}
