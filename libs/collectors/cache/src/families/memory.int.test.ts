import { startRedis, unavailable } from '@omninode/local-services';
import { expect, test } from 'vitest';
import { askRedis, openTestConnection } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

test.skipIf(unavailable('redis'))('out of memory: what is full, what was refused, and why', async () => {
  const server = await startRedis({ settings: { maxmemory: '3mb', 'maxmemory-policy': 'noeviction' } });
  const watched = watchCache(server.url);
  const connection = await openTestConnection(server.url);
  let refused = 0;
  for (let at = 0; at < 60; at++) {
    await connection.run('SET', `key:${at}`, 'x'.repeat(100_000)).catch(() => refused++);
  }
  expect(refused).toBeGreaterThan(10);
  await expect.poll(() => watched.latest('omninode_cache_error_replies_total{type="OOM"}'), soon).toBe(refused);
  expect(watched.status('memory')).toBe('ok');
  expect(watched.latest('omninode_memory_usage_bytes{cache="redis"}')).toBeGreaterThan(2_800_000);
  expect(watched.latest('omninode_cache_memory_limit_bytes{cache="redis"}')).toBe(3 * 1024 * 1024);
  expect(watched.latest('omninode_cache_memory_limited{cache="redis"}')).toBe(1);
  expect(watched.latest('omninode_cache_memory_used_ratio{cache="redis"}')).toBeGreaterThan(0.9);
  expect(watched.latest('omninode_cache_memory_policy{policy="noeviction"}')).toBe(1);
  expect(watched.latest('omninode_cache_memory_policy{policy="allkeys-lru"}')).toBe(0);
  expect(watched.latest('omninode_cache_commands_rejected_total{command="set"}')).toBe(refused);
  expect(watched.latest('omninode_cache_commands_total{command="set"}')).toBe(60 - refused);
  expect(watched.latest('omninode_cache_evicted_keys_total')).toBe(0);

  await connection.run('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  for (let at = 0; at < 20; at++) await connection.run('SET', `more:${at}`, 'x'.repeat(100_000));
  await expect.poll(() => watched.latest('omninode_cache_evicted_keys_total'), soon).toBeGreaterThan(10);
  expect(watched.latest('omninode_cache_memory_policy{policy="allkeys-lru"}')).toBe(1);
  connection.close();
  await watched.stop();
  await server.stop();
});

test.skipIf(unavailable('redis'))(
  'without a limit there is no limit and no ratio, neither 0 nor any (R12)',
  async () => {
    const server = await startRedis();
    const watched = watchCache(server.url);
    await watched.passes(2);
    expect(watched.latest('omninode_cache_memory_limited{cache="redis"}')).toBe(0);
    expect(watched.latest('omninode_cache_memory_limit_bytes{cache="redis"}')).toBeUndefined();
    expect(watched.latest('omninode_cache_memory_used_ratio{cache="redis"}')).toBeUndefined();
    await askRedis(server.url, 'CONFIG', 'SET', 'maxmemory', '64mb');
    await expect.poll(() => watched.latest('omninode_cache_memory_limited{cache="redis"}'), soon).toBe(1);
    await watched.stop();
    await server.stop();
  },
);
