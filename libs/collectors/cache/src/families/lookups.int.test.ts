import { startRedis, unavailable } from '@omninode/local-services';
import { expect, test } from 'vitest';
import { openTestConnection } from '../testing/ask-redis.reader.js';
import { watchCache } from '../testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };
const rate = 'omninode_cache_hit_rate_ratio{cache="redis"}';

test.skipIf(unavailable('redis'))(
  'the hit rate is that of the interval, and there is none without lookups (R1)',
  async () => {
    const server = await startRedis();
    const connection = await openTestConnection(server.url);
    await connection.run('SET', 'a', 1);
    for (let at = 0; at < 1_000; at++) await connection.run('GET', 'a'); // before we watch: a rate since the start would hide the rest
    const watched = watchCache(server.url);
    await watched.passes(3);
    expect(watched.values(rate)).toEqual([]);
    expect(watched.latest('omninode_cache_hits_total{cache="redis"}')).toBe(1_000);
    await connection.run('MGET', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g');
    await expect.poll(() => watched.values(rate), soon).toEqual([0.25]);
    await watched.passes(2);
    await watched.stop();
    expect(watched.values(rate)).toEqual([0.25]);
    expect(watched.latest('omninode_cache_misses_total{cache="redis"}')).toBe(6);
    connection.close();
    await server.stop();
  },
);
