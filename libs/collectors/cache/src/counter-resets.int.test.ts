import { startRedis, unavailable } from '@omninode/local-services';
import type { RedisServer } from '@omninode/local-services';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askRedis, openTestConnection } from './testing/ask-redis.reader.js';
import { watchCache } from './testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };
const hits = 'omninode_cache_hits_total{cache="redis"}';
const started = 'omninode_cache_start_timestamp_seconds';

describe.skipIf(unavailable('redis')).each(['installed', 'packaged'] as const)('counters of an %s Redis', (program) => {
  let server: RedisServer;
  beforeEach(async () => {
    server = await startRedis({ program });
    await askRedis(server.url, 'SET', 'a', '1');
    await look(server, 100);
  });
  afterEach(() => server.stop());

  test('count since the server was started, and a restart is one', async () => {
    const watched = watchCache(server.url);
    await expect.poll(() => watched.latest(hits), soon).toBe(100);
    expect(watched.writer.passes.at(-1)?.starts[hits]).toBe((watched.latest(started) as number) * 1000);
    await server.kill();
    await server.restart();
    await expect.poll(() => watched.events('cache.counters_reset'), soon).toEqual([{ reason: 'restart' }]);
    await expect.poll(() => watched.latest(hits), soon).toBe(0);
    await watched.passes(2);
    expect(watched.writer.passes.at(-1)?.starts[hits]).toBe((watched.latest(started) as number) * 1000);
    expect(watched.latest(started)).toBeGreaterThan(Date.now() / 1000 - 10);
  });

  test('CONFIG RESETSTAT is told as such, although run_id and uptime stay (R2)', async () => {
    const watched = watchCache(server.url);
    await expect.poll(() => watched.latest(hits), soon).toBe(100);
    await askRedis(server.url, 'CONFIG', 'RESETSTAT');
    const reset = Date.now();
    await expect.poll(() => watched.events('cache.counters_reset'), soon).toEqual([{ reason: 'resetstat' }]);
    await look(server, 3);
    await expect.poll(() => watched.latest(hits), soon).toBe(3);
    const start = watched.writer.passes.at(-1)?.starts[hits] as number;
    expect(start).toBeLessThanOrEqual(reset);
    expect(start).toBeGreaterThan(reset - 2_000);
    await watched.passes(2);
    expect(watched.writer.passes.at(-1)?.starts[hits]).toBe(start); // it stays the same, else each pass would be a reset
    expect(watched.events('cache.counters_reset')).toHaveLength(1);
  });

  test('counters that were reset before we came have no start that anybody knows', async () => {
    await askRedis(server.url, 'CONFIG', 'RESETSTAT');
    const watched = watchCache(server.url);
    await expect.poll(() => watched.latest(hits), soon).toBe(0);
    expect(watched.writer.passes.at(-1)?.starts).not.toHaveProperty([hits]);
  });

  test('another server that ran already is a failover, and another role is told', async () => {
    const other = await startRedis({ program, settings: { replicaof: `127.0.0.1 ${server.port}` } });
    await new Promise((resolve) => setTimeout(resolve, 2_100)); // uptime is told in whole seconds
    const first = watchCache(server.url);
    await expect.poll(() => first.latest(hits), soon).toBe(100);
    await first.stop();
    const second = watchCache(other.url, { memory: first.memory.current });
    await expect.poll(() => second.events('cache.counters_reset'), soon).toEqual([{ reason: 'failover' }]);
    expect(second.events('cache.role_changed')).toEqual([{ from: 'primary', to: 'replica' }]);
    await askRedis(other.url, 'REPLICAOF', 'NO', 'ONE');
    await expect.poll(() => second.events('cache.role_changed'), soon).toHaveLength(2);
    expect(second.latest('omninode_cache_role{role="primary"}')).toBe(1);
    expect(second.events('cache.counters_reset')).toHaveLength(1); // a promotion keeps the counters
    await second.stop();
    await other.stop();
  });

  test('a new owner goes on with the memory of the one before: nothing is a reset', async () => {
    const first = watchCache(server.url);
    await expect.poll(() => first.latest(hits), soon).toBe(100);
    await first.stop();
    const second = watchCache(server.url, {
      memory: JSON.parse(JSON.stringify(first.memory.current)) as Record<string, unknown>,
    });
    await expect.poll(() => second.latest(hits), soon).toBe(100);
    await second.stop();
    expect(second.events('cache.counters_reset')).toEqual([]);
    expect(second.writer.passes[0]?.starts).toEqual(expectedStarts(first));
  });
});

/** Starts of what the target counts; the collector's own totals begin with each owner. */
function expectedStarts({ writer }: ReturnType<typeof watchCache>) {
  const { starts } = writer.passes.at(-1)!;
  const ofTarget = Object.entries(starts).filter(([series]) => series.startsWith('omninode_cache_'));
  return expect.objectContaining(Object.fromEntries(ofTarget)) as unknown;
}

async function look(server: RedisServer, times: number): Promise<void> {
  const connection = await openTestConnection(server.url);
  for (let at = 0; at < times; at++) await connection.run('GET', 'a');
  connection.close();
}
