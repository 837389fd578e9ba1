import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startPostgres,
  startRedis,
  unavailable,
  type PostgresServer,
  type RedisServer,
} from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * The rules that come with the product, on real servers watched by the real collectors. Their texts are the shipped ones, but for
 * the times: minutes are made seconds, so that the test need not wait for them.
 */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const shipped = fileURLToPath(new URL('../../../libs/alerting/rules/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'omninode-shipped-alerts-'));
let database: PostgresServer;
let cache: RedisServer;
let product: ChildProcess;
let url = '';

beforeAll(async () => {
  if (unavailable('redis')) return;
  database = await startPostgres();
  cache = await startRedis({ settings: { maxmemory: '2mb', 'maxmemory-policy': 'noeviction' } });
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  for (const file of readdirSync(shipped).filter((name) => name.endsWith('.yaml'))) {
    writeFileSync(join(rules, file), inSeconds(readFileSync(join(shipped, file), 'utf8')));
  }
  const env = {
    PATH: process.env.PATH,
    OMNINODE_DATA_DIR: join(folder, 'data'),
    OMNINODE_HTTP_PORT: '0',
    OMNINODE_COLLECTORS_DATABASE_FAST_INTERVAL: '1s',
    OMNINODE_COLLECTORS_CACHE_INTERVAL: '1s',
    OMNINODE_DATABASE_URL: database.url('omninode'),
    OMNINODE_REDIS_URL: cache.url,
    OMNINODE_ALERTS_SHIPPED_RULES: 'false',
    OMNINODE_ALERTS_RULES_FOLDER: rules,
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
  await cache?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const needed = unavailable('redis');
const slow = { timeout: 120_000 };

test.skipIf(needed)('the watchdog fires, and nothing else does on servers that are well', slow, async () => {
  await eventually(async () => expect(await firing()).toContain('Watchdog'));
  await sleep(5_000);
  expect(await firing()).toEqual(['Watchdog']);
  expect(await rulesInForce()).toMatchObject({ problems: [] });
});

test.skipIf(needed)('TargetUnreachable fires for a database that is gone, and ends when it is back', slow, async () => {
  await database.kill();
  await eventually(async () => expect(await firing()).toContain('TargetUnreachable'));
  await database.restart();
  await eventually(async () => expect(await firing()).not.toContain('TargetUnreachable'));
});

test.skipIf(needed)(
  'CacheWritesRefused fires for a full Redis, and ends when it takes writes again',
  slow,
  async () => {
    const filling = setInterval(() => void redis(`SET key${Math.random()} ${'x'.repeat(50_000)}\r\n`.repeat(60)), 300);
    try {
      await eventually(async () => expect(await firing()).toContain('CacheWritesRefused'));
    } finally {
      clearInterval(filling);
    }
    await eventually(async () => expect(await firing()).not.toContain('CacheWritesRefused'));
  },
);

test.skipIf(needed)(
  'low_cache_hit_rate fires for lookups in vain, and ends when they find something',
  slow,
  async () => {
    const looking = (key: string) => setInterval(() => void redis(`GET ${key}\r\n`.repeat(50)), 200);
    await redis('FLUSHALL\r\nSET here 1\r\n');
    const vain = looking('nowhere');
    try {
      await eventually(async () => expect(await firing()).toContain('low_cache_hit_rate'));
    } finally {
      clearInterval(vain);
    }
    const found = looking('here');
    try {
      await eventually(async () => expect(await firing()).not.toContain('low_cache_hit_rate'));
    } finally {
      clearInterval(found);
    }
  },
);

/** Minutes of windows and waits as seconds; what is told in seconds shorter still. */
function inSeconds(text: string): string {
  return text
    .replace(
      /\b(over|for|after): (\d+)s\b/g,
      (_, name: string, count: string) => `${name}: ${Math.ceil(Number(count) / 10)}s`,
    )
    .replace(/\b(over|for|after): (\d+)m\b/g, (_, name: string, count: string) => `${name}: ${Number(count) * 3}s`);
}

async function firing(): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/alerts?state=firing`);
  const { alerts = [] } = (await response.json()) as { alerts?: { name: string }[] };
  return [...new Set(alerts.map(({ name }) => name))].sort();
}

async function rulesInForce(): Promise<unknown> {
  return (await fetch(`${url}/api/v1/rules`)).json();
}

/** Sends commands as a person would type them, and waits for the first answer. */
async function redis(commands: string): Promise<void> {
  const { hostname, port } = new URL(cache.url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('data', () => resolve());
    socket.write(commands);
  }).finally(() => socket.destroy());
}

async function eventually(check: () => Promise<void>): Promise<void> {
  const untilMs = performance.now() + 90_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await sleep(250);
    }
  }
}
