import type { LruCache } from '../rules/lru-cache.js';

/** What the platform's `workflow_cache.get_cache_stats()` gives. This cache has no part on disk, and compresses nothing. */
export function cacheStats({ counts, entries, bytes, maxBytes }: LruCache): object {
  const lookups = counts.hits + counts.misses;
  return {
    performance_metrics: {
      cache_hits: counts.hits,
      cache_misses: counts.misses,
      hit_rate_percent: lookups === 0 ? 0 : percent(counts.hits / lookups),
      disk_reads: 0,
      disk_writes: 0,
      compressions: 0,
      decompressions: 0,
    },
    storage_metrics: {
      memory_entries: entries,
      disk_entries: 0,
      total_entries: entries,
      memory_usage_bytes: bytes,
      disk_usage_bytes: 0,
      memory_usage_percent: percent(bytes / maxBytes),
      disk_usage_percent: 0,
    },
    configuration: {
      max_memory_size_mb: maxBytes / 1024 / 1024,
      max_disk_size_mb: 0,
      compression_threshold_kb: null,
      disk_threshold_kb: null,
      cache_directory: null,
    },
  };
}

function percent(ratio: number): number {
  return Math.round(ratio * 10_000) / 100;
}
