import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { readCacheStats, unknownShape } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { readInfo, scaled, unlessZero } from '../redis/info.js';

/** What is in the cache. Source: section keyspace of INFO, which has no line for an empty database. */
export const keyspace = defineFamily<CacheQuery, CacheReply>()({
  name: 'keyspace',
  lane: 'fast',
  openLabels: ['database'],
  metrics: {
    omninode_cache_entries: gauge(
      'entries',
      'Entries in the cache, by where they are: memory, or disk in an application.',
      ['cache', 'tier'],
    ),
    omninode_cache_database_keys: gauge(
      'entries',
      'Keys in a database of the server. Absent for an empty one, and for an application.',
      ['database'],
    ),
    omninode_cache_database_keys_expiring: gauge(
      'entries',
      'Keys of a database that have an end. Absent for an empty one, and for an application.',
      ['database'],
    ),
    omninode_cache_database_ttl_seconds: gauge(
      'seconds',
      'How long keys that have an end last on average, from a sample of the server. Absent while it took none.',
      ['database'],
    ),
  },
  query: 'statistics',

  toMeasurements(reply, record) {
    if (reply.source === 'application') {
      const caches = readCacheStats(reply);
      if (caches.length === 0) record.report('degraded', unknownShape);
      for (const { cache, figure } of caches) {
        record.omninode_cache_entries(figure('storage_metrics', 'memory_entries'), { cache, tier: 'memory' });
        record.omninode_cache_entries(figure('storage_metrics', 'disk_entries'), { cache, tier: 'disk' });
      }
      return;
    }
    let all = 0;
    for (const [number, { keys, expires, avg_ttl }] of readInfo(reply.info).lines('db')) {
      if (!/^\d+$/.test(number)) continue;
      const database = number;
      all += Number(keys);
      record.omninode_cache_database_keys(keys, { database });
      record.omninode_cache_database_keys_expiring(expires, { database });
      record.omninode_cache_database_ttl_seconds(scaled(unlessZero(avg_ttl), 1 / 1000), { database });
    }
    record.omninode_cache_entries(all, { cache: 'redis', tier: 'memory' });
  },
});
