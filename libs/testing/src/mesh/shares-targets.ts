import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMeshProcess, type MeshProcess } from './mesh-process.js';
import { ask, quietLedger, watchReplicas, type Watch } from './watch.js';

/** A kind of collector, and four targets for two processes of it to share. */
export interface SharedTargets {
  /** `database-collector`. */
  readonly app: string;
  /** Starts what is watched, beside the mesh's own Kafka. The targets are as in the configuration file. */
  start(kafka: KafkaCluster): Promise<{ readonly targets: readonly object[]; stop(): Promise<void> }>;
  /** The collector's section of the configuration: short intervals. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Counters that the source counts, not the collector: they must not fall whoever tells them. */
  readonly counters: RegExp;
}

export const sharedIds = ['one', 'two', 'three', 'four'];
const sessionMs = 10_000;
const takeOverMs = 15_000;
/** Data is as new as that while somebody watches: a few intervals, and the summaries' own age. */
const freshMs = 6_000;

/** Two processes of a kind of collector share targets; one is killed, another is stopped until it is another's and wakes up. */
export function sharesTargets({ app, start, settings, counters }: SharedTargets): void {
  describe.skipIf(unavailable('kafka'))('two collectors that share four targets', { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'omninode-sharing-'));
    const processes: MeshProcess[] = [];
    let kafka: KafkaCluster;
    let watched: Awaited<ReturnType<SharedTargets['start']>>;
    let aggregator: MeshProcess;
    let watch: Watch;

    beforeAll(async () => {
      kafka = await startKafka();
      watched = await start(kafka);
      const collectors = { [app.replace('-collector', '')]: settings };
      // JSON is YAML.
      writeFileSync(join(folder, 'mesh.yaml'), JSON.stringify({ targets: watched.targets, collectors }));
      aggregator = await run('aggregator', 'aggregator');
      watch = watchReplicas(() => [aggregator], counters);
      await run(app, 'first');
      await run(app, 'second');
    });
    afterAll(async () => {
      await watch?.stop();
      await Promise.all(processes.map((each) => each.kill()));
      await watched?.stop();
      await kafka?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('each target is watched by one of them', async () => {
      await expect.poll(healthy, { timeout: 40_000 }).toEqual(sharedIds.toSorted());
    });

    test('kill -9 of one: the other has all of them within a session, and no counter falls', async () => {
      await processes[1]!.kill();
      const killedAtMs = performance.now();
      await sleep(freshMs);
      await expect.poll(oldestMs, { timeout: sessionMs + takeOverMs, interval: 300 }).toBeLessThan(freshMs);
      console.log(
        `sharing: all targets had new data again ${Math.round(performance.now() - killedAtMs)} ms after the kill`,
      );
      expect(watch.falls).toEqual([]);
    });

    test('one that was stopped wakes up and believes that its targets are its own: no counter is changed by it', async () => {
      await run(app, 'third');
      await sleep(4_000);
      processes[2]!.pause();
      await sleep(sessionMs + 1_000);
      await expect.poll(oldestMs, { timeout: takeOverMs, interval: 300 }).toBeLessThan(freshMs);
      processes[2]!.resume();
      await sleep(5_000);
      expect(watch.falls).toEqual([]);
      await expect.poll(healthy, { timeout: 20_000 }).toEqual(sharedIds.toSorted());
    });

    test('all of it is accounted for', async () => {
      await Promise.all(processes.slice(1).map((each) => each.isRunning && each.stop()));
      const { totals } = await quietLedger(aggregator);
      console.log(`sharing: ${JSON.stringify(totals)}`);
      expect(totals.missing).toBe(0);
    });

    async function run(which: string, name: string): Promise<MeshProcess> {
      const started = await startMeshProcess({
        app: which,
        name,
        env: {
          OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
          OMNINODE_CONFIG: join(folder, 'mesh.yaml'),
          OMNINODE_DATA_DIR: join(folder, name),
        },
      });
      processes.push(started);
      return started;
    }

    async function targets(): Promise<{ id: string; health: string; last_data_at: string | null }[]> {
      return JSON.parse(await ask(aggregator, '/api/v1/targets')) as [];
    }

    async function healthy(): Promise<string[]> {
      return (await targets()).flatMap(({ id, health }) => (health === 'healthy' ? [id] : [])).toSorted();
    }

    /** How old the newest data of the target with the oldest is, ms. */
    async function oldestMs(): Promise<number> {
      const ages = (await targets()).map(({ last_data_at: at }) => (at ? Date.now() - Date.parse(at) : Infinity));
      return ages.length === sharedIds.length ? Math.max(...ages) : Infinity;
    }
  });
}
