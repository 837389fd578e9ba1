import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { kafkaClient } from '@omninode/kafka-link';
import { startKafka, startPostgres, startRedis, unavailable } from '@omninode/local-services';
import type { KafkaCluster, PostgresServer, RedisServer } from '@omninode/local-services';
import { ask, quietLedger, startMeshProcess } from '@omninode/testing';
import type { MeshProcess } from '@omninode/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exemplarsOf, headers, incidents, json, partsOf, postHook, valueOf } from './testing/ask-bridge.js';

// By its file: what the test runner resolves for `require` in pg itself is the wrong half of its pool.
const Client = createRequire(import.meta.url)('pg/lib/client.js') as typeof pg.Client;

/** The service as the demo runs it: compiled, a process of its own, on real servers, and a mesh that it tells of itself. */
const folder = mkdtempSync(join(tmpdir(), 'omninode-bridge-'));
const eventually = { timeout: 30_000, interval: 250 };
const processes: MeshProcess[] = [];
let postgres: PostgresServer;
let mesh: MeshProcess;

beforeAll(async () => {
  postgres = await startPostgres({ databases: ['bridge'] });
  mesh = await start('all-in-one', 'mesh', {
    OMNINODE_DATABASE_URL: postgres.url('omninode'),
    OMNINODE_HISTORY_WRITE_EVERY: '1s',
  });
}, 60_000);
afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(unavailable('kafka') || unavailable('redis'))('with Redis and Kafka', { timeout: 90_000 }, () => {
  let kafka: KafkaCluster;
  let redis: RedisServer;
  let bridge: MeshProcess;
  beforeAll(async () => {
    [kafka, redis] = await Promise.all([startKafka(), startRedis()]);
    bridge = await startBridge('bridge', {
      OMNINODE_DEMO_REDIS: redis.url,
      OMNINODE_DEMO_KAFKA: kafka.brokers.join(','),
      OMNINODE_DEMO_MESH_URL: mesh.url,
      OMNINODE_DEMO_INCIDENT: 'dependency',
      OMNINODE_DEMO_INCIDENT_LASTS: '8s',
      OMNINODE_DEMO_QUIET: 'true',
    });
  }, 90_000);
  afterAll(() => Promise.all([kafka?.stop(), redis?.stop()]));

  test('one request id goes from HTTP through Kafka to whoever processes the hook', async () => {
    await expect.poll(async () => (await postHook(bridge)).body.published, eventually).toBe(true);
    const { status, body, requestId } = await postHook(bridge, 'from-far-away');
    expect([status, requestId, body]).toEqual([202, 'from-far-away', expect.objectContaining({ published: true })]);
    await expect.poll(async () => (await json(bridge, `/hooks/${body.event_id}`)).processed, eventually).toBe(true);
    expect(await json(bridge, `/hooks/${body.event_id}`)).toMatchObject({
      request_id: 'from-far-away',
      processed_request_id: 'from-far-away',
    });
  });

  test.each([
    [
      'requests',
      ['omninode_request_duration_seconds_count', 'omninode_requests_total'],
      'component="hook_receiver",operation="HooksController.receive",status="success"',
    ],
    ['requests', ['omninode_requests_total'], 'component="database",operation="insert_hook",status="success"'],
    ['requests', ['omninode_requests_total'], 'component="workflow_cache",operation="find_rule",status="success"'],
    ['requests', ['omninode_requests_total'], 'component="kafka",operation="publish",status="success"'],
    ['requests', ['omninode_requests_total'], 'component="hook_processor",operation="process_hook",status="success"'],
    ['requests', ['omninode_requests_total'], 'component="external_api",operation="classify",status="failure"'],
    ['database', ['omninode_max_connections'], 'service="postgresql",pool="hooks"'],
    [
      'database',
      ['omninode_database_connection_pool_wait_seconds_count', 'omninode_database_connection_pool_opened_total'],
      'pool="hooks"',
    ],
    [
      'kafka',
      ['omninode_kafka_producer_messages_total', 'omninode_kafka_consumer_messages_total'],
      'client="hooks",topic="bridge-hooks"',
    ],
    ['cache', ['omninode_cache_hits_total', 'omninode_cache_misses_total'], 'cache="workflow_cache"'],
    ['cache', ['omninode_cache_misses_total'], 'cache="workflow_cache_redis"'],
    [
      'breakers',
      ['omninode_circuit_breaker_status'],
      'component="database_operations",criticality="critical",state="closed"',
    ],
    ['breakers', ['omninode_circuit_breaker_status'], 'component="kafka_operations",criticality="high",state="closed"'],
  ])('/metrics/%s shows %j of %s', async (area, names, labels) => {
    for (const name of names) await expect.poll(() => valueOf(mesh, area, name, labels), eventually).toBeGreaterThan(0);
  });

  test('its dependency fails, so the breaker opens, and closes again when that is over', async () => {
    const value = (name: string, labels = '') =>
      valueOf(mesh, 'breakers', name, `component="external_api_operations"${labels}`);
    await expect.poll(() => value('omninode_circuit_breaker_trips_total'), eventually).toBe(1);
    await expect
      .poll(() => value('omninode_circuit_breaker_status', ',criticality="low",state="closed"'), {
        timeout: 60_000,
        interval: 500,
      })
      .toBe(1);
    expect(await value('omninode_circuit_breaker_calls_total', ',outcome="rejected"')).toBeGreaterThan(0);
    expect(incidents(bridge)).toEqual(['dependency']);
  });

  test('it tells of itself in the forms of the platform', async () => {
    expect(await json(bridge, '/platform/postgres')).toMatchObject({
      status: 'healthy',
      pool: { max_size: 10, potential_leaks: expect.any(Number), exhaustion_alerts: 0 },
    });
    expect(await json(bridge, '/platform/kafka')).toMatchObject({
      connection_status: { connected: true, bootstrap_servers: kafka.brokers.join(',') },
      failure_statistics: { failed_messages_in_dlq: 0 },
    });
    expect(await json(bridge, '/platform/cache')).toMatchObject({
      performance_metrics: { cache_hits: expect.any(Number), hit_rate_percent: expect.any(Number) },
      storage_metrics: { memory_entries: expect.any(Number) },
      configuration: { max_memory_size_mb: 16 / 1024 },
    });
    expect(await json(bridge, '/platform/breakers')).toMatchObject({
      external_api_operations: { criticality: 'low', threshold: 2, reset_timeout_seconds: 5 },
    });
    expect(await ask(bridge, '/platform/metrics')).toMatch(
      /^circuit\{name="external_api_operations",event="open"\} [1-9]/m,
    );
    expect(await json(bridge, '/health')).toMatchObject({
      status: 'healthy',
      dependencies: { postgres: { connected: true }, kafka: { connected: true } },
    });
  });

  test('a request that is slow all the way is found at the mesh with its HTTP, database and Kafka parts', async () => {
    const other = await startBridge('slow', {
      OMNINODE_DEMO_KAFKA: kafka.brokers.join(','),
      OMNINODE_DEMO_REQUESTS_PER_SECOND: '0',
      OMNINODE_DEMO_QUIET: 'true',
      OMNINODE_DEMO_MESH_URL: mesh.url,
    });
    await expect.poll(async () => (await postHook(other)).body.published, eventually).toBe(true);
    const blocker = new Client({ connectionString: postgres.url('postgres', 'bridge') });
    await blocker.connect();
    await blocker.query('begin; lock table hook_events in exclusive mode');
    kafka.pause(1);
    const posted = postHook(other, 'slow-all-the-way');
    await sleep(800);
    await blocker.end();
    await sleep(1_000);
    kafka.resume(1);
    expect((await posted).body.published).toBe(true);

    const names = async () =>
      (await partsOf(mesh, 'slow-all-the-way')).map((part) => `${part.component} ${part.operation}`);
    const all = ['hook_receiver HooksController.receive', 'database insert_hook', 'kafka publish'];
    await expect.poll(names, eventually).toEqual(all);
    const found = await partsOf(mesh, 'slow-all-the-way');
    expect(new Set(found.map((part) => part.trace_id)).size).toBe(1);
    const [http, database, publish] = found.map((part) => part.duration_seconds);
    expect(http).toBeGreaterThan(database! + publish!);
    // The exemplars of the metrics lead there too.
    await expect.poll(() => exemplarsOf(mesh), eventually).toContain('slow-all-the-way');
  });

  test('a hook that is not valid is the mistake of its sender', async () => {
    const answer = await fetch(`${bridge.url}/hooks`, { method: 'POST', body: '{"metadata":{}}', headers });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { success: false, error: { code: 'HOOK_INVALID', message: expect.stringContaining('metadata.source') } },
    ]);
  });

  test('poison ends as dead letters, of both kinds', async () => {
    const other = await startBridge('poisoned', {
      OMNINODE_DEMO_KAFKA: kafka.brokers.join(','),
      OMNINODE_DEMO_REQUESTS_PER_SECOND: '0',
      OMNINODE_DEMO_INCIDENT: 'dead-letters',
      OMNINODE_DEMO_QUIET: 'true',
    });
    await expect.poll(() => endOf('bridge-hooks-dlq'), eventually).toBeGreaterThanOrEqual(3);
    await expect.poll(() => endOf('onex.dlq.omninode-bridge.hooks.v1'), eventually).toBeGreaterThanOrEqual(2);
    expect(incidents(other)).toEqual(['dead-letters']);
    expect(await other.stop()).toBe(0);

    async function endOf(topic: string): Promise<number> {
      const admin = kafkaClient({ brokers: kafka.brokers, clientId: 'test' }).admin();
      await admin.connect();
      const [partition] = await admin.fetchTopicOffsets(topic);
      await admin.disconnect();
      return Number(partition?.offset);
    }
  });

  test('it tells a mesh on Kafka of itself, too', async () => {
    const aggregator = await start('aggregator', 'aggregator', {
      OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
      OMNINODE_BUS_PARTITIONS: '2',
    });
    const other = await startBridge('on-kafka', { OMNINODE_DEMO_MESH_BROKERS: kafka.brokers.join(',') });
    await expect
      .poll(() => valueOf(aggregator, 'requests', 'omninode_requests_total', 'component="database"'), eventually)
      .toBeGreaterThan(0);
    expect(await other.stop()).toBe(0);
    expect(await aggregator.stop()).toBe(0);
  });

  test('SIGTERM ends it in order, and nothing that it measured is lost', async () => {
    expect(await bridge.stop()).toBe(0);
    expect(bridge.log.join('\n')).toContain('It stopped in order.');
    const { totals } = await quietLedger(mesh);
    expect(totals).toMatchObject({ missing: 0, dead_lettered: 0 });
  });
});

describe('with a database only', { timeout: 60_000 }, () => {
  test('it says once what is not there, and works without', async () => {
    const bridge = await startBridge('alone', { OMNINODE_DEMO_INCIDENT: 'dead-letters', OMNINODE_DEMO_QUIET: 'true' });
    const { body } = await postHook(bridge);
    expect(body).toMatchObject({ success: true, notify: expect.any(String), kind: 'change', published: false });
    expect(await json(bridge, `/hooks/${body.event_id}`)).toMatchObject({ processed: true });
    expect((await fetch(`${bridge.url}/platform/kafka`)).status).toBe(404);
    for (const missing of [
      'No Redis is given',
      'No Kafka is given (--kafka)',
      'No mesh is given',
      'can not happen here',
    ])
      expect(bridge.log.filter((line) => line.includes(missing))).toHaveLength(1);
    expect(incidents(bridge)).toEqual([]);
    expect(await bridge.stop()).toBe(0);
  });

  test('an exhausted pool turns hooks away with 503, and its breaker opens', async () => {
    const bridge = await startBridge('exhausted', {
      OMNINODE_DEMO_MESH_URL: mesh.url,
      OMNINODE_DEMO_POOL_SIZE: '3',
      OMNINODE_DEMO_INCIDENT: 'pool',
      OMNINODE_DEMO_QUIET: 'true',
    });
    await expect.poll(async () => (await postHook(bridge)).status, eventually).toBe(503);
    await expect
      .poll(() => json(bridge, '/platform/postgres'), eventually)
      .toMatchObject({ status: 'unhealthy', connected: false, pool_exhaustion_likely: true });
    await expect
      .poll(() => ask(bridge, '/platform/metrics'), eventually)
      .toContain('circuit{name="database_operations",event="open"} 1');
    expect(await bridge.stop()).toBe(0);
  });

  test('a database that is not there yet is waited for, and no reason to fail', async () => {
    const bridge = await start('demo-bridge', 'early', {
      OMNINODE_DEMO_DATABASE: 'postgres://nobody@127.0.0.1:1/none',
    });
    expect((await fetch(`${bridge.url}/readyz`)).status).toBe(503);
    expect((await postHook(bridge)).status).toBe(503);
    expect((await fetch(`${bridge.url}/health`)).status).toBe(503);
    expect(await bridge.stop()).toBe(0);
  });
});

test.each([
  [[], 'demo.database: nothing sets it'],
  [['--database', 'mysql://a/b'], 'demo.database is not of the form postgres://'],
  [['--database-file', '/nowhere/at/all'], 'The file of the flag --database-file can not be read (ENOENT)'],
  [['--database', 'postgres://a/b', '--incident', 'earthquake'], 'one of dependency, pool, slow-query'],
])('%j is refused in one line', (flags, says) => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [main, ...flags], { env: {}, encoding: 'utf8' });
  expect([status, stderr.trim().split('\n').length]).toEqual([2, 1]);
  expect(stderr).toContain(says);
});

async function start(app: string, name: string, env: Readonly<Record<string, string>>): Promise<MeshProcess> {
  const started = await startMeshProcess({ app, name, env: { OMNINODE_DATA_DIR: join(folder, name), ...env } });
  processes.push(started);
  return started;
}

async function startBridge(name: string, env: Readonly<Record<string, string>>): Promise<MeshProcess> {
  const bridge = await start('demo-bridge', name, {
    OMNINODE_DEMO_DATABASE: postgres.url('postgres', 'bridge'),
    ...env,
  });
  while (!(await fetch(`${bridge.url}/readyz`)).ok) await sleep(100);
  return bridge;
}
