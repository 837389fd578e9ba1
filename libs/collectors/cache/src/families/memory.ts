import { defineFamily } from '@omninode/collector-kit';
import type { Figure } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { mebibytes, readCacheStats, unknownShape } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { readInfo } from '../redis/info.js';

/** https://redis.io/docs/latest/develop/reference/eviction/ */
const policies = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
] as const;

/**
 * How much memory a cache uses, of how much, and what it does when that is not enough. Fragmentation is told in bytes of the
 * allocator: the ratio that INFO gives is large, and means nothing, on a small or emptied server (INFO, section memory).
 */
export const memory = defineFamily<CacheQuery, CacheReply>()({
  name: 'memory',
  lane: 'fast',
  metrics: {
    omninode_memory_usage_bytes: gauge(
      'bytes',
      'Memory that the cache uses: of a Redis, what its allocator gave out.',
      ['cache'],
    ),
    omninode_cache_memory_limit_bytes: gauge(
      'bytes',
      'Memory that the cache may use. Absent where there is no limit, or none is told.',
      ['cache'],
    ),
    omninode_cache_memory_limited: gauge(
      'boolean',
      'Whether the cache has a limit of memory. Absent where that is not told.',
      ['cache'],
    ),
    omninode_cache_memory_used_ratio: gauge(
      'ratio',
      'Memory used of the limit; it can exceed 1. Absent without a limit.',
      ['cache'],
    ),
    omninode_cache_memory_peak_bytes: gauge(
      'bytes',
      'The most memory that the server ever used. Absent for an application.',
    ),
    omninode_cache_memory_dataset_bytes: gauge(
      'bytes',
      'Memory used for data, without what the server needs itself. Absent for an application.',
    ),
    omninode_cache_memory_resident_bytes: gauge(
      'bytes',
      'Memory of the server process as the system sees it. Absent for an application.',
    ),
    omninode_cache_memory_fragmentation_bytes: gauge(
      'bytes',
      'Memory that the allocator holds and can not give out: fragmented. Absent for an application.',
    ),
    omninode_cache_memory_policy: gauge(
      'boolean',
      'What is done when memory is short: 1 for the maxmemory-policy in force, 0 for the others. Absent for an application.',
      ['policy'],
    ),
  },
  query: 'statistics',

  toMeasurements(reply, record) {
    const recordUse = (cache: string, used: Figure, limit: number | undefined) => {
      record.omninode_memory_usage_bytes(used, { cache });
      record.omninode_cache_memory_limited(limit === undefined ? undefined : Number(limit > 0), { cache });
      if (!limit) return; // 0: none
      record.omninode_cache_memory_limit_bytes(limit, { cache });
      record.omninode_cache_memory_used_ratio(used === undefined ? undefined : Number(used) / limit, { cache });
    };
    if (reply.source === 'application') {
      const caches = readCacheStats(reply);
      if (caches.length === 0) record.report('degraded', unknownShape);
      for (const { cache, figure } of caches) {
        const limit = mebibytes(figure('configuration', 'max_memory_size_mb'));
        recordUse(cache, figure('storage_metrics', 'memory_usage_bytes'), limit);
      }
      return;
    }
    const info = readInfo(reply.info);
    const limit = info.get('maxmemory');
    recordUse('redis', info.get('used_memory'), limit === undefined ? undefined : Number(limit));
    record.omninode_cache_memory_peak_bytes(info.get('used_memory_peak'));
    record.omninode_cache_memory_dataset_bytes(info.get('used_memory_dataset'));
    record.omninode_cache_memory_resident_bytes(info.get('used_memory_rss'));
    record.omninode_cache_memory_fragmentation_bytes(info.get('allocator_frag_bytes'));
    const inForce = info.get('maxmemory_policy');
    for (const policy of inForce ? new Set([...policies, inForce]) : []) {
      record.omninode_cache_memory_policy(Number(policy === inForce), { policy });
    }
  },
});
