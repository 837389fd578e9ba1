import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '@omninode/local-services';
import { ask, loadValues, seededChance } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMeshOnKafka, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { proveNothingLost, untilShared } from './testing/proof.js';

const seed = Number(process.env['SCALING_SEED'] ?? Date.now() % 1_000_000);
const chance = seededChance(seed);
/** The default session, and what a restore of these small states takes on a busy machine. */
const sessionMs = 10_000;
const restoreMs = 12_000;

describe.skipIf(unavailable('kafka'))(`aggregators under load, SCALING_SEED=${seed}`, { timeout: 120_000 }, () => {
  let mesh: MeshOnKafka;
  beforeAll(async () => {
    mesh = await startMeshOnKafka({ aggregators: 1 });
  });
  afterAll(() => mesh?.end());

  test('one becomes three: they share the partitions, and any of them answers for the mesh', async () => {
    await untilShared(mesh, [12]);
    await Promise.all([mesh.addAggregator(), mesh.addAggregator()]);
    await untilShared(mesh, [4, 4, 4]);
    await expect.poll(() => samePicture(mesh, '/api/v1/targets'), { timeout: 20_000 }).toHaveLength(1);
    const health = await Promise.all(mesh.aggregators.map((each) => ask(each, '/health')));
    for (const page of health) expect(JSON.parse(page)).toMatchObject({ system_health: expect.any(String) as string });
  });

  test('a rolling restart', async () => {
    for (const old of mesh.aggregators) {
      expect(await old.stop()).toBe(0);
      await mesh.addAggregator();
    }
    await untilShared(mesh, [4, 4, 4]);
  });

  test('kill -9 of a member while it restores', async () => {
    for (let round = 0; round < 2; round++) {
      const joining = await mesh.addAggregator();
      await sleep(chance() * 2_000);
      await joining.kill();
      // The group waits for it for a session; only then the next may die.
      await sleep(sessionMs + 2_000);
      await untilShared(mesh, [4, 4, 4]);
    }
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
