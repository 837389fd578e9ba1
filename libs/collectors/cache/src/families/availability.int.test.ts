import { startRedis, unavailable } from '@omninode/local-services';
import { expect, test } from 'vitest';
import { askRedis } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

test.skipIf(unavailable('redis'))('a server is measured, by two commands a pass over one connection', async () => {
  const server = await startRedis();
  const watched = watchCache(server.url);
  await expect.poll(() => watched.values('omninode_cache_probe_seconds').length, soon).toBeGreaterThan(2);
  await watched.stop();
  expect(new Set(Object.values(watched.statuses()))).toEqual(new Set(['ok']));
  expect(watched.latest('omninode_cache_connect_seconds')).toBeGreaterThan(0.0001);
  expect(watched.latest('omninode_cache_server_version{server="redis"}')).toBeGreaterThan(60_000);
  expect(watched.latest('omninode_cache_start_timestamp_seconds')).toBeCloseTo(Date.now() / 1000, -2);
  expect(watched.latest('omninode_cache_role{role="primary"}')).toBe(1);
  expect(watched.latest('omninode_cache_loading')).toBe(0);
  expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
  const passes = watched.latest('omninode_collector_family_passes_total{family="availability",status="ok"}');
  const trips = Object.entries(watched.points()).filter(([series]) => series.includes('round_trips_total'));
  expect(trips.reduce((sum, [, count]) => sum + count, 0)).toBe(2 * (passes as number));
  await server.stop();
});

test.skipIf(unavailable('redis'))('a server that loads its data says so, and how far it is (R18)', async () => {
  const server = await startRedis({
    settings: { 'key-load-delay': 500, 'loading-process-events-interval-bytes': 1024 },
  });
  for (let at = 0; at < 4_000; at += 500) {
    const pairs = Array.from({ length: 500 }, (_, index) => [`key:${at + index}`, 'x'.repeat(40)]).flat();
    await askRedis(server.url, 'MSET', ...pairs);
  }
  await askRedis(server.url, 'SAVE');
  const watched = watchCache(server.url);
  await expect.poll(() => watched.latest('omninode_cache_entries{cache="redis",tier="memory"}'), soon).toBe(4_000);
  const restarted = server.restart();
  await expect.poll(() => watched.latest('omninode_cache_loading'), soon).toBe(1);
  expect(watched.status('availability')).toBe('degraded');
  expect(watched.reason('availability')).toMatch(
    /^The server is loading its data \(\d+\.\d+ % done, about \d+ s to go\)/,
  );
  expect(watched.status('memory')).toBe('ok');
  expect(watched.status('slowlog')).toBe('ok');
  await restarted;
  await expect.poll(() => watched.latest('omninode_cache_loading'), soon).toBe(0);
  await expect.poll(() => watched.status('availability'), soon).toBe('ok');
  expect(watched.events('cache.counters_reset')).toEqual([{ reason: 'restart' }]);
  await watched.stop();
  await server.stop();
});
