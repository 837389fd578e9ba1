import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@omninode/contracts';
import { unavailable } from '@omninode/local-services';
import { ask, quietLedger, seededChance } from '@omninode/testing';
import { openKafkaBus } from '@omninode/transport-kafka';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAlertSink, type AlertSink } from './testing/alert-sink.js';
import { fever, feverConfiguration } from './testing/fever.js';
import { startMeshOnKafka, topics, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { untilShared } from './testing/proof.js';

const seed = Number(process.env['ALERTS_SEED'] ?? Date.now() % 1_000_000);
const chance = seededChance(seed);
const targets = Array.from({ length: 24 }, (_, nth) => `host-${nth}`);
/** Of three: one that is ill for good, one that gets well again, one that never was ill. */
const [forGood, forAWhile, never] = [0, 1, 2].map((rest) => targets.filter((_, nth) => nth % 3 === rest)) as [
  string[],
  string[],
  string[],
];

describe.skipIf(unavailable('kafka'))(
  `three aggregators on three brokers, one after the other killed, ALERTS_SEED=${seed}`,
  { timeout: 180_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'omninode-alerts-on-kafka-'));
    const ill = new Set<string>();
    let sink: AlertSink;
    let mesh: MeshOnKafka;
    let bus: Bus;
    let timer: NodeJS.Timeout;
    beforeAll(async () => {
      sink = await startAlertSink();
      mesh = await startMeshOnKafka({
        kafka: { nodes: 3 },
        aggregators: 3,
        entities: 3,
        env: { OMNINODE_CONFIG: feverConfiguration(folder, sink.url, '{ for: 4s, keepFiringFor: 4s }') },
      });
      bus = openKafkaBus({ connection: { brokers: mesh.kafka.brokers, clientId: 'fever' }, topics, partitions: 12 });
      timer = setInterval(() => void bus.publish(targets.map((target) => fever(target, ill.has(target) ? 1 : 0))), 500);
    });
    afterAll(async () => {
      clearInterval(timer);
      await bus?.close();
      await mesh?.end();
      await sink?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('killed while alerts are pending: each is told once, and none of those that are well', async () => {
      await untilShared(mesh, [4, 4, 4]);
      for (const target of [...forGood, ...forAWhile]) ill.add(target);
      await sleep(1_000 + chance() * 2_000);
      await killOne(mesh);
      await expect
        .poll(() => fired(sink), { timeout: 40_000, interval: 200 })
        .toEqual(sorted([...forGood, ...forAWhile]));
    });

    test('killed while they fire: nothing is told anew', async () => {
      await sleep(chance() * 2_000);
      await killOne(mesh);
      await sleep(12_000);
      await untilShared(mesh, [4, 4, 4]);
      expect(fired(sink)).toEqual(sorted([...forGood, ...forAWhile]));
      expect(resolved(sink)).toEqual([]);
    });

    test('killed while some are about to be resolved: those are, once, and the others fire on', async () => {
      for (const target of forAWhile) ill.delete(target);
      await sleep(1_000 + chance() * 2_000);
      await killOne(mesh);
      await expect.poll(() => resolved(sink), { timeout: 40_000, interval: 200 }).toEqual(sorted(forAWhile));
      await untilShared(mesh, [4, 4, 4]);
      await sleep(2_000);
      expect(resolved(sink)).toEqual(sorted(forAWhile));
      expect(fired(sink)).toEqual(sorted([...forGood, ...forAWhile]));
      expect(sink.told().filter(({ target }) => never.includes(target))).toEqual([]);
    });

    test('any replica tells of the same alerts, and the ledger closes', async () => {
      for (const replica of mesh.aggregators) {
        const page = JSON.parse(await ask(replica, '/api/v1/alerts?state=firing&name=Fever')) as {
          alerts: { labels: { target: string } }[];
        };
        expect(sorted(page.alerts.map(({ labels }) => labels.target))).toEqual(sorted(forGood));
      }
      clearInterval(timer);
      await mesh.load.finish();
      expect((await quietLedger(mesh.aggregators[0]!)).closes).toBe(true);
      console.log(`alerts: ${sink.told().length} told, ${sink.doubles} messages came twice with their key`);
    });
  },
);

/** kill -9 of any of them; another one takes its seat. */
async function killOne(mesh: MeshOnKafka): Promise<void> {
  const { aggregators } = mesh;
  await aggregators[Math.floor(chance() * aggregators.length)]!.kill();
  await mesh.addAggregator();
}

function fired(sink: AlertSink): string[] {
  return sorted(sink.told().flatMap(({ status, target }) => (status === 'firing' ? [target] : [])));
}

function resolved(sink: AlertSink): string[] {
  return sorted(sink.told().flatMap(({ status, target }) => (status === 'resolved' ? [target] : [])));
}

function sorted(names: readonly string[]): string[] {
  return names.toSorted();
}
