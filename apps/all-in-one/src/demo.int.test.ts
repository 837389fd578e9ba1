import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '@omninode/local-services';
import { ask, startMeshProcess } from '@omninode/testing';
import type { MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The product without a target, as a person starts it for the first time. */
const root = mkdtempSync(join(tmpdir(), 'omninode-demo-'));
const patiently = { timeout: 60_000, interval: 250 };
const processes: MeshProcess[] = [];
afterAll(async () => {
  await Promise.all(processes.map((each) => each.kill()));
  rmSync(root, { recursive: true, force: true });
});

describe.skipIf(unavailable('kafka') || unavailable('redis'))('on a machine that has all', { timeout: 90_000 }, () => {
  const folder = join(root, 'all');
  const everything = ['demo-breakers', 'demo-caches', 'demo-kafka', 'demo-postgres', 'demo-redis'];
  let product: MeshProcess;
  beforeAll(async () => {
    product = await start(folder);
  }, 60_000);

  test('it is ready before its demo is, then all of that is watched, and well', async () => {
    expect(product.log.join('\n')).not.toContain('The demo has a Kafka.');
    await expect.poll(() => healthyTargets(product), patiently).toEqual(everything);
  });

  test.each([
    ['database', /^omninode_database_connection_pool_utilization_ratio\{target="demo-postgres".*\} 0\.\d+$/m],
    ['database', /^omninode_max_connections\{target="demo-postgres",.*pool="platform".*\} 10$/m],
    ['database', /^omninode_max_connections\{service_name="demo-bridge",.*pool="hooks".*\} 10$/m],
    ['kafka', /^omninode_kafka_.*\{target="demo-kafka",.*topic="bridge-hooks".*\} [1-9]/m],
    ['kafka', /^omninode_dead_letter_messages_total\{target="demo-kafka",topic="bridge-hooks-dlq".*\} 0$/m],
    ['kafka', /^omninode_kafka_producer_messages_total\{service_name="demo-bridge",.*topic="bridge-hooks".*\} [1-9]/m],
    ['cache', /^omninode_memory_usage_bytes\{target="demo-redis".*\} [1-9]/m],
    ['cache', /^omninode_cache_hits_total\{target="demo-caches",cache="workflow_cache".*\} [1-9]/m],
    ['cache', /^omninode_cache_hits_total\{service_name="demo-bridge",.*cache="workflow_cache".*\} [1-9]/m],
    ['breakers', /^omninode_circuit_breaker_calls_total\{target="demo-breakers",.*outcome="success".*\} [1-9]/m],
    ['breakers', /^omninode_circuit_breaker_status\{.*component="kafka_operations",.*state="closed".*\} 1$/m],
    ['requests', /^omninode_requests_total\{service_name="demo-bridge",.*component="hook_receiver".*\} [1-9]/m],
  ])('/metrics/%s shows %s', async (area, line) => {
    await expect.poll(() => ask(product, `/metrics/${area}`), patiently).toMatch(line);
  });

  test('a breaker opens within two minutes of the start', async () => {
    await expect
      .poll(() => ask(product, '/metrics/breakers'), { timeout: 80_000, interval: 500 })
      .toMatch(
        /^omninode_circuit_breaker_trips_total\{service_name="demo-bridge",.*component="external_api_operations".*\} 1$/m,
      );
  });

  test('kill -9 takes the demo along, and the next start finds it as if nothing had been', async () => {
    expect(processesOf(product, folder).length).toBeGreaterThanOrEqual(4);
    await product.kill();
    await expect.poll(() => processesOf(product, folder), patiently).toEqual([]);
    const restartedAtMs = Date.now();
    product = await start(folder);
    await expect.poll(() => healthyTargets(product, restartedAtMs), patiently).toEqual(everything);
    expect(
      product.log.filter((line) => / (warn|error) /.test(line) && !/unsupported|An incident begins/.test(line)),
    ).toEqual([]);
  });

  test('what it recorded lies apart: who watches his own targets later sees nothing of it', () => {
    expect(readdirSync(folder)).toEqual(['demo']);
  });

  test('SIGTERM ends it in order: nothing stays, nothing is lost', async () => {
    await expect
      .poll(async () => JSON.parse(await ask(product, '/api/v1/ledger')) as unknown, patiently)
      .toMatchObject({ closes: true, complete: true, totals: { missing: 0, dead_lettered: 0 } });
    expect(await product.stop()).toBe(0);
    expect(product.log.join('\n')).toMatch(/demo-bridge +It stopped in order/);
    expect(processesOf(product, folder)).toEqual([]);
  });
});

test('an end while half of it is still starting leaves nothing behind', async () => {
  const folder = join(root, 'hasty');
  const product = await start(folder);
  expect(await product.stop()).toBe(0);
  expect(processesOf(product, folder)).toEqual([]);
}, 60_000);

test('where there is no Java, it says so once and shows the rest', async () => {
  const folder = join(root, 'no-java');
  const product = await start(folder, { PATH: programsWithoutJava() });
  await expect
    .poll(() => healthyTargets(product), patiently)
    .toEqual(['demo-breakers', 'demo-caches', 'demo-postgres', 'demo-redis']);
  const lines = product.log.filter((line) => /Kafka is not|No Kafka is given \(/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/info .*Kafka is not available here.*because="there is no Java"/),
    expect.stringContaining('No Kafka is given'),
  ]);
  expect(await product.stop()).toBe(0);
}, 90_000);

async function start(folder: string, env: Readonly<Record<string, string>> = {}): Promise<MeshProcess> {
  const started = await startMeshProcess({
    app: 'all-in-one',
    name: 'product',
    env: {
      OMNINODE_DATA_DIR: folder,
      OMNINODE_COLLECTORS_DATABASE_FAST_INTERVAL: '2s',
      OMNINODE_COLLECTORS_KAFKA_MEDIUM_INTERVAL: '5s',
      ...env,
    },
  });
  processes.push(started);
  return started;
}

/** The targets that are healthy by what came in since a time, sorted. */
async function healthyTargets(product: MeshProcess, sinceMs = 0): Promise<string[]> {
  const targets = JSON.parse(await ask(product, '/api/v1/targets')) as {
    readonly id: string;
    readonly health: string;
    readonly last_data_at: string | null;
  }[];
  const healthy = targets.filter(
    ({ health, last_data_at: at }) => health === 'healthy' && Date.parse(at ?? '') >= sinceMs,
  );
  return healthy.map(({ id }) => id).sort();
}

/** What runs of the demo: servers know their folder, or work in it; the bridge knows where the product is. */
function processesOf({ url }: MeshProcess, folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(processOf)
    .filter((told) => told.includes(folder) || told.includes(`--mesh-http ${url}`));
}

function processOf(pid: string): string {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return `${command} in ${readlinkSync(`/proc/${pid}/cwd`)}`;
  } catch {
    return ''; // it ended meanwhile
  }
}

function programsWithoutJava(): string {
  const folder = join(root, 'bin');
  mkdirSync(folder);
  for (const name of readdirSync('/usr/bin'))
    if (!name.startsWith('java')) symlinkSync(join('/usr/bin', name), join(folder, name));
  return folder;
}
