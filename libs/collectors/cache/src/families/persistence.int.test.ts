import { startRedis, unavailable } from '@omninode/local-services';
import { expect, test } from 'vitest';
import { askRedis } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

test.skipIf(unavailable('redis'))('snapshots and log are told where there are any', async () => {
  const server = await startRedis();
  const watched = watchCache(server.url);
  await askRedis(server.url, 'SET', 'a', 1);
  await expect.poll(() => watched.latest('omninode_cache_rdb_changes'), soon).toBe(1);
  expect(watched.latest('omninode_cache_rdb_save_duration_seconds')).toBeUndefined();
  expect(watched.latest('omninode_cache_fork_seconds')).toBeUndefined();
  expect(watched.latest('omninode_cache_aof_enabled')).toBe(0);
  expect(watched.latest('omninode_cache_aof_last_write_ok')).toBeUndefined();
  await askRedis(server.url, 'BGSAVE');
  await expect.poll(() => watched.latest('omninode_cache_rdb_changes'), soon).toBe(0);
  await expect.poll(() => watched.latest('omninode_cache_fork_seconds'), soon).toBeGreaterThan(0);
  expect(watched.latest('omninode_cache_rdb_last_save_timestamp_seconds')).toBeCloseTo(Date.now() / 1000, -2);
  expect(watched.latest('omninode_cache_rdb_last_save_ok')).toBe(1);

  await askRedis(server.url, 'CONFIG', 'SET', 'appendonly', 'yes');
  await expect.poll(() => watched.latest('omninode_cache_aof_enabled'), soon).toBe(1);
  await expect.poll(() => watched.latest('omninode_cache_aof_last_write_ok'), soon).toBe(1);
  await expect.poll(() => watched.latest('omninode_cache_aof_size_bytes'), soon).toBeGreaterThan(0);
  await watched.stop();
  await server.stop();
});
