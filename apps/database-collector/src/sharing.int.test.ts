import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startKafka,
  startPostgres,
  unavailable,
  type KafkaCluster,
  type PostgresServer,
} from '@omninode/local-services';
import { ask, quietLedger, startMeshProcess, watchReplicas, type MeshProcess, type Watch } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const sessionMs = 10_000;
const takeOverMs = 12_000;
const ids = ['orders', 'users', 'stock', 'billing'];

describe.skipIf(unavailable('kafka'))('two collectors that share four targets', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-sharing-'));
  let kafka: KafkaCluster;
  let postgres: PostgresServer;
  let aggregator: MeshProcess;
  let watch: Watch;
  const collectors: MeshProcess[] = [];

  beforeAll(async () => {
    [kafka, postgres] = await Promise.all([startKafka(), startPostgres()]);
    const configured = ids.map((id) => ({ id, kind: 'database', url: postgres.url('omninode') }));
    // JSON is YAML.
    writeFileSync(
      join(folder, 'mesh.yaml'),
      JSON.stringify({ targets: configured, collectors: { database: { fastInterval: '1s', mediumInterval: '5s' } } }),
    );
    aggregator = await start('aggregator', 'aggregator');
    watch = watchReplicas(() => [aggregator], /^omninode_database_(?!quer)[a-z_]*_total$/);
    collectors.push(await start('database-collector', 'first'), await start('database-collector', 'second'));
  });
  afterAll(async () => {
    await watch?.stop();
    await Promise.all([aggregator, ...collectors].map((each) => each?.kill()));
    await Promise.all([kafka?.stop(), postgres?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  test('each target is watched by one of them', async () => {
    await expect.poll(watched, { timeout: 40_000 }).toEqual([...ids].sort());
    await expect.poll(connections, { timeout: 30_000 }).toBeGreaterThanOrEqual(4);
  });

  test('kill -9 of one: the other has all of them within a session, and no counter falls', async () => {
    await collectors[0]!.kill();
    const killedAtMs = performance.now();
    await sleep(3_000);
    await expect.poll(oldestMs, { timeout: sessionMs + takeOverMs, interval: 300 }).toBeLessThan(2_500);
    const tookMs = Math.round(performance.now() - killedAtMs);
    console.log(`sharing: all targets had new data again ${tookMs} ms after the kill`);
    expect(watch.falls).toEqual([]);
  });

  test('one that was stopped wakes up and believes that its targets are still its own: no counter is changed by it', async () => {
    collectors.push(await start('database-collector', 'third'));
    await sleep(4_000);
    collectors[1]!.pause();
    await sleep(sessionMs + 1_000);
    await expect.poll(oldestMs, { timeout: takeOverMs, interval: 300 }).toBeLessThan(2_500);
    collectors[1]!.resume();
    await sleep(5_000);
    expect(watch.falls).toEqual([]);
    await expect.poll(watched, { timeout: 20_000 }).toEqual([...ids].sort());
  });

  test('all of it is accounted for', async () => {
    await Promise.all(collectors.map((each) => each.isRunning && each.stop()));
    const { totals } = await quietLedger(aggregator);
    console.log(`sharing: ${JSON.stringify(totals)}`);
    expect(totals.missing).toBe(0);
  });

  function start(app: string, name: string): Promise<MeshProcess> {
    return startMeshProcess({
      app,
      name,
      env: {
        OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
        OMNINODE_CONFIG: join(folder, 'mesh.yaml'),
        OMNINODE_DATA_DIR: join(folder, name),
      },
    });
  }

  async function targets(): Promise<{ id: string; health: string; last_data_at: string | null }[]> {
    return JSON.parse(await ask(aggregator, '/api/v1/targets')) as [];
  }

  /** The targets that are healthy, sorted. */
  async function watched(): Promise<string[]> {
    return (await targets()).flatMap(({ id, health }) => (health === 'healthy' ? [id] : [])).sort();
  }

  /** How old the newest data of the target with the oldest is, ms. */
  async function oldestMs(): Promise<number> {
    const ages = (await targets()).map(({ last_data_at: at }) => (at ? Date.now() - Date.parse(at) : Infinity));
    return ages.length === ids.length ? Math.max(...ages) : Infinity;
  }

  /** Connections of collectors to the server, one for each target. */
  async function connections(): Promise<number> {
    const page = await ask(aggregator, '/metrics');
    return [...page.matchAll(/^omninode_collector_target_up\{[^}]*\} 1$/gm)].length;
  }
});
