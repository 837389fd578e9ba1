import { startRedis, unavailable } from '@omninode/local-services';
import { describe, expect, test } from 'vitest';
import { askRedis, openTestConnection } from './testing/ask-redis.reader.js';
import { watchCache } from './testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

describe.skipIf(unavailable('redis')).each(['installed', 'packaged'] as const)(
  'our probes at an %s Redis',
  (program) => {
    test('leave the figures of an idle server as they are (R4, R5)', async () => {
      const server = await startRedis({ program });
      const watched = watchCache(server.url, { settings: { maxConnectionAgeMs: 700 } });
      await watched.passes(12);
      expect(watched.latest('omninode_collector_connections_opened_total')).toBeGreaterThan(1);
      await watched.stop();
      const figures = Object.entries(watched.points()).filter(([series]) =>
        /^omninode_cache_(comm|err|hits|miss)/.test(series),
      );
      // Startup's own PING of the test is all that there was.
      expect(Object.fromEntries(figures)).toMatchObject({ 'omninode_cache_hits_total{cache="redis"}': 0 });
      expect(watched.values('omninode_cache_hit_rate_ratio{cache="redis"}')).toEqual([]);
      expect(figures.filter(([series]) => /info|slowlog|client|error/.test(series))).toEqual([]);
      expect(watched.latest('omninode_cache_connections')).toBe(0);
      for (const series of ['omninode_cache_commands_processed_total', 'omninode_cache_connections_received_total']) {
        expect(new Set(watched.values(series)).size, series).toBe(1);
      }
      await server.stop();
    });

    test('are told apart from the same commands of others, in calls, time and refusals', async () => {
      const server = await startRedis({ program });
      await askRedis(server.url, 'ACL', 'SETUSER', 'monitor', 'on', '>pw', '+info', '+client|setname');
      const watched = watchCache(server.url.replace('redis://', 'redis://monitor:pw@'));
      await expect.poll(() => watched.status('slowlog'), soon).toBe('permission');
      const other = await openTestConnection(server.url);
      for (let at = 0; at < 7; at++) await other.run('INFO');
      await other.run('NOSUCHCOMMAND').catch(() => undefined); // that is what it is for
      await expect.poll(() => watched.latest('omninode_cache_commands_total{command="info"}'), soon).toBe(7);
      await watched.passes(6); // some refusals more
      expect(watched.latest('omninode_cache_commands_total{command="info"}')).toBe(7);
      const seconds = watched.values('omninode_cache_command_seconds_total{command="info"}');
      expect(seconds.at(-1)).toBeGreaterThan(0);
      expect(seconds).toEqual(seconds.toSorted((one, another) => one - another));
      expect(watched.latest('omninode_cache_error_replies_total{type="ERR"}')).toBe(1);
      expect(watched.latest('omninode_cache_error_replies_total{type="NOPERM"}')).toBeUndefined();
      const info = String(await other.run('INFO', 'errorstats'));
      expect(Number(/errorstat_NOPERM:count=(\d+)/.exec(info)?.[1])).toBeGreaterThan(1); // ours, all of them
      const rejected = Object.keys(watched.points()).filter((series) =>
        /rejected_total\{command="slowlog/.test(series),
      );
      expect(rejected).toEqual([]);
      other.close();
      await watched.stop();
      await server.stop();
    });
  },
);
