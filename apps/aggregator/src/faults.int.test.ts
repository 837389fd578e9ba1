import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRecord } from '@omninode/contracts';
import { malformedRecords, type MalformedRecord } from '@omninode/contracts/testing';
import { unavailable } from '@omninode/local-services';
import { ask, ledgerOf, seededChance } from '@omninode/testing';
import { openKafkaBus } from '@omninode/transport-kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partitions, startMeshOnKafka, topics, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { proveNothingLost, untilShared } from './testing/proof.js';

const seed = Number(process.env['FAULTS_SEED'] ?? Date.now() % 1_000_000);
const chance = seededChance(seed);
const nodes = [1, 2, 3];
/** How long the bus is away; ten take longer than the rest of this folder together. */
const outageMinutes = Number(process.env['OUTAGE_MINUTES'] ?? 1);

describe.skipIf(unavailable('kafka'))(
  `three brokers and their faults, FAULTS_SEED=${seed}`,
  { timeout: 240_000 },
  () => {
    let mesh: MeshOnKafka;
    let deadLetters = 0;
    beforeAll(async () => {
      mesh = await startMeshOnKafka({ kafka: { nodes: 3 }, aggregators: 2 });
    });
    afterAll(() => mesh?.end());

    test('each broker is killed in turn, and with one of them the controller', async () => {
      await untilShared(mesh, [6, 6]);
      await expect
        .poll(() => ask(mesh.aggregators[1]!, '/health'), { timeout: 20_000 })
        .toMatch(/"system_health":"healthy"/);
      for (const node of shuffled(nodes)) {
        await sleep(chance() * 2_000);
        await mesh.kafka.kill(node);
        await untilAcknowledged(mesh, 200);
        await mesh.kafka.restart(node);
      }
      await untilShared(mesh, [6, 6]);
    });

    test('a broker is stopped for a while and wakes up', async () => {
      const node = shuffled(nodes)[0]!;
      mesh.kafka.pause(node);
      await untilAcknowledged(mesh, 200);
      await sleep(5_000);
      mesh.kafka.resume(node);
      await untilShared(mesh, [6, 6]);
    });

    const isGone = `two of three are gone for ${outageMinutes} min: what is sent waits on disk, health is unknown, and then all arrives`;
    test(isGone, { timeout: (outageMinutes * 2 + 3) * 60_000 }, async () => {
      const [first, second] = shuffled(nodes) as [number, number];
      await Promise.all([mesh.kafka.kill(first), mesh.kafka.kill(second)]);
      await sleep(outageMinutes * 60_000);
      expect(mesh.load.publisher.stats().spoolBytes).toBeGreaterThan(100_000);
      for (const replica of mesh.aggregators) {
        expect(JSON.parse(await ask(replica, '/health'))).toMatchObject({ system_health: 'unknown' });
      }
      await Promise.all([mesh.kafka.restart(first), mesh.kafka.restart(second)]);
      await expect
        .poll(() => mesh.load.publisher.stats().spoolBytes, { timeout: 30_000 + outageMinutes * 60_000 })
        .toBe(0);
      await untilShared(mesh, [6, 6], 90_000);
    });

    test('records that nobody should send are parked with their bytes and hold up nothing', async () => {
      const bus = openKafkaBus({ connection: { brokers: mesh.kafka.brokers, clientId: 'poison' }, topics, partitions });
      try {
        const refused = poison(300);
        await bus.publish(
          refused.map(({ key, value, contentType }) => ({
            topic: topics.measurement,
            key: key!,
            value,
            headers: { 'content-type': contentType! },
          })),
        );
        deadLetters = refused.length;
        const counted = async () => (await ledgerOf(mesh.aggregators[0]!)).totals.dead_lettered;
        await expect.poll(counted, { timeout: 20_000 }).toBe(deadLetters);
        const parked: string[] = [];
        for (let partition = 0; partition < partitions; partition++) {
          await bus.readToEnd(topics.deadLetter, partition, ({ value }) => void parked.push(value!.toString('base64')));
        }
        expect(parked.sort()).toEqual(refused.map(({ value }) => value.toString('base64')).sort());
      } finally {
        await bus.close();
      }
    });

    test('everything is killed at once and started again', async () => {
      await sleep(chance() * 3_000);
      await Promise.all([
        ...mesh.aggregators.map((each) => each.kill()),
        ...nodes.map((node) => mesh.kafka.kill(node)),
      ]);
      await Promise.all(nodes.map((node) => mesh.kafka.restart(node)));
      await mesh.addAggregator();
      await mesh.addAggregator();
      await untilShared(mesh, [6, 6]);
    });

    test('every counter is what its producer wrote, and the ledger closes', async () => {
      const { totals } = await proveNothingLost(mesh);
      expect(totals.dead_lettered).toBe(deadLetters);
      console.log(`faults: ${mesh.load.acknowledged} records acknowledged, ${JSON.stringify(totals)}`);
    });
  },
);

/** Records of which none can be read: what is harmless by chance, or of a later version, is left out. */
function poison(count: number): MalformedRecord[] {
  const spoilt = malformedRecords(seed);
  const found: MalformedRecord[] = [];
  while (found.length < count) {
    const record = spoilt.next().value;
    const { key, value, contentType } = record;
    if (key === null || value.length === 0 || contentType === undefined) continue;
    const decoded = decodeRecord(value, contentType, key);
    if (!decoded.ok && !decoded.skip) found.push(record);
  }
  return found;
}

/** Until the bus has taken this many more of the load's records. */
async function untilAcknowledged({ load }: MeshOnKafka, more: number): Promise<void> {
  const before = load.acknowledged;
  await expect.poll(() => load.acknowledged - before, { timeout: 60_000, interval: 100 }).toBeGreaterThan(more);
}

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}
