import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo, scaled } from '../redis/info.js';

const memorySchema = z.object({ era: eraSchema });

/** What left the cache without being deleted. Source: section stats of INFO. */
export const evictions = defineFamily<CacheQuery, CacheReply>()({
  name: 'evictions',
  lane: 'fast',
  metrics: {
    omninode_cache_evicted_keys_total: counter('entries', 'Keys that were thrown out for want of memory.'),
    omninode_cache_expired_keys_total: counter('entries', 'Keys whose time was over.'),
    omninode_cache_evicted_clients_total: counter(
      'connections',
      'Connections that were ended for want of memory. Absent before Redis 7.',
    ),
    omninode_cache_eviction_seconds_total: counter(
      'seconds',
      'Time that the server was above its limit of memory, whole milliseconds. Absent before Redis 7.',
    ),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('evictions'));
    const info = readInfo(reply.info);
    const { era } = serverCounted(info, memory?.era, atMs);
    record.omninode_cache_evicted_keys_total(info.get('evicted_keys'), era.startMs);
    record.omninode_cache_expired_keys_total(info.get('expired_keys'), era.startMs);
    record.omninode_cache_evicted_clients_total(info.get('evicted_clients'), era.startMs);
    record.omninode_cache_eviction_seconds_total(
      scaled(info.get('total_eviction_exceeded_time'), 1 / 1000),
      era.startMs,
    );
    return { era };
  },
});
