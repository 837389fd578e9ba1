import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, unavailable, type PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The product as a user has it: one process, one real database, HTTP. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'omninode-all-in-one-'));
let database: PostgresServer;
let product: ChildProcess;
let url = '';

beforeAll(async () => {
  database = await startPostgres();
  const env = {
    PATH: process.env.PATH,
    OMNINODE_DATA_DIR: folder,
    OMNINODE_HTTP_PORT: '0',
    OMNINODE_COLLECTORS_DATABASE_FAST_INTERVAL: '1s',
    OMNINODE_DATABASE_URL: database.url('omninode'),
  };
  product = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: product.stdout! })) {
    url = /^ready (\S+)/.exec(line)?.[1] ?? '';
    if (url) break;
  }
});
afterAll(async () => {
  product?.kill('SIGKILL');
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a database is seen within seconds, with the names that the strategy document asks for', async () => {
  await eventually(async () =>
    expect(await page('/metrics/database')).toMatch(
      /^omninode_database_connection_pool_utilization_ratio\{target="database-default",instance=""\} 0\.\d+$/m,
    ),
  );
  expect(await page('/metrics/database')).toMatch(
    /^omninode_max_connections\{target="database-default",service="postgresql",pool="server",instance=""\} 97$/m,
  );
  await eventually(async () => expect(await health()).toBe('healthy'));
});

test.skipIf(unavailable('prometheus'))('promtool has nothing to say of the page', async () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await page('/metrics'),
    encoding: 'utf8',
  });
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
});

test('what the process says of itself is there too', async () => {
  const text = await page('/metrics');
  for (const name of [
    'process_cpu_seconds_total',
    'omninode_mesh_partitions_owned 4',
    'omninode_system_health_status 2',
    'omninode_mesh_publisher_sent_records_total{',
  ]) {
    expect(text).toContain(name);
  }
});

test('a killed database is critical, and healthy again when it is back; no counter jumps', async () => {
  await database.kill();
  await eventually(async () => expect(await health()).toBe('critical'));
  const [target] = (await (await fetch(`${url}/api/v1/targets`)).json()) as { reasons: { reason: string }[] }[];
  expect(target?.reasons[0]?.reason).toMatch(/Nothing listens at 127\.0\.0\.1:\d+\. Start PostgreSQL/);
  await database.restart();
  await eventually(async () => expect(await health()).toBe('healthy'));
});

test('the ledger closes, and SIGTERM ends it in order', async () => {
  await eventually(async () =>
    expect(await (await fetch(`${url}/api/v1/ledger`)).json()).toMatchObject({ closes: true, complete: true, lag: 0 }),
  );
  product.kill('SIGTERM');
  expect(await once(product, 'exit')).toEqual([0, null]);
});

async function page(path: string): Promise<string> {
  return (await fetch(url + path)).text();
}

async function health(): Promise<unknown> {
  return ((await (await fetch(`${url}/health`)).json()) as { system_health: string }).system_health;
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt >= 150) throw error;
      await sleep(200);
    }
  }
}
