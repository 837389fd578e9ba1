import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { z } from 'zod';
import { mebibytes, readCacheStats, unknownShape } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { flag, readInfo, scaled, unlessNegative, unlessZero } from '../redis/info.js';

const memorySchema = z.object({ era: eraSchema });

const operations = {
  read: 'disk_reads',
  write: 'disk_writes',
  compress: 'compressions',
  decompress: 'decompressions',
} as const;

/** What of a cache is on disk: snapshots (RDB) and log (AOF) of a Redis, the disk part of an application cache. */
export const persistence = defineFamily<CacheQuery, CacheReply>()({
  name: 'persistence',
  lane: 'fast',
  metrics: {
    omninode_cache_rdb_changes: gauge(
      'operations',
      'Changes since the last snapshot: what a crash would lose where there is no AOF.',
    ),
    omninode_cache_rdb_last_save_timestamp_seconds: gauge(
      'timestamp',
      'When the last snapshot was made; when the server was started, while there was none.',
    ),
    omninode_cache_rdb_last_save_ok: gauge('boolean', 'Whether the last snapshot succeeded; 1 while there was none.'),
    omninode_cache_rdb_save_in_progress: gauge('boolean', 'Whether a snapshot is being made.'),
    omninode_cache_rdb_save_duration_seconds: gauge(
      'seconds',
      'How long the last snapshot took, whole seconds. Absent while there was none.',
    ),
    omninode_cache_rdb_saves_total: counter('operations', 'Snapshots that were made. Absent before Redis 7.'),
    omninode_cache_aof_enabled: gauge('boolean', 'Whether changes are logged (AOF).'),
    omninode_cache_aof_last_write_ok: gauge(
      'boolean',
      'Whether the last write to the AOF succeeded: if not, writing commands are refused. Absent without AOF.',
    ),
    omninode_cache_aof_last_rewrite_ok: gauge(
      'boolean',
      'Whether the last rewrite of the AOF succeeded. Absent without AOF.',
    ),
    omninode_cache_aof_rewrite_in_progress: gauge('boolean', 'Whether the AOF is being rewritten. Absent without AOF.'),
    omninode_cache_aof_size_bytes: gauge('bytes', 'Size of the AOF. Absent without AOF.'),
    omninode_cache_fork_seconds: gauge(
      'seconds',
      'How long the last fork blocked the server. Absent while there was none.',
    ),
    omninode_cache_copy_on_write_bytes: gauge(
      'bytes',
      'Memory that was copied during the last snapshot. Absent while there was none.',
    ),
    omninode_cache_disk_usage_bytes: gauge(
      'bytes',
      'Space on disk that an application cache uses. Absent for a Redis.',
      ['cache'],
    ),
    omninode_cache_disk_limit_bytes: gauge(
      'bytes',
      'Space on disk that an application cache may use. Absent for a Redis.',
      ['cache'],
    ),
    omninode_cache_storage_operations_total: counter(
      'operations',
      'What an application cache did with its disk: read, write, compress, decompress. Absent for a Redis.',
      ['cache', 'operation'],
    ),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') {
      const caches = readCacheStats(reply);
      if (caches.length === 0) record.report('degraded', unknownShape);
      for (const { cache, figure } of caches) {
        record.omninode_cache_disk_usage_bytes(figure('storage_metrics', 'disk_usage_bytes'), { cache });
        record.omninode_cache_disk_limit_bytes(mebibytes(figure('configuration', 'max_disk_size_mb')), { cache });
        for (const [operation, field] of Object.entries(operations)) {
          record.omninode_cache_storage_operations_total(
            figure('performance_metrics', field),
            { cache, operation },
            null,
          );
        }
      }
      return undefined;
    }
    const info = readInfo(reply.info);
    const { era } = serverCounted(info, memory?.era, atMs);
    record.omninode_cache_rdb_changes(info.get('rdb_changes_since_last_save'));
    record.omninode_cache_rdb_last_save_timestamp_seconds(info.get('rdb_last_save_time'));
    record.omninode_cache_rdb_last_save_ok(flag(info.get('rdb_last_bgsave_status')));
    record.omninode_cache_rdb_save_in_progress(info.get('rdb_bgsave_in_progress'));
    record.omninode_cache_rdb_save_duration_seconds(unlessNegative(info.get('rdb_last_bgsave_time_sec')));
    record.omninode_cache_rdb_saves_total(info.get('rdb_saves'), era.startMs);
    record.omninode_cache_fork_seconds(scaled(unlessZero(info.get('latest_fork_usec')), 1 / 1_000_000));
    record.omninode_cache_copy_on_write_bytes(unlessZero(info.get('rdb_last_cow_size')));
    const aof = info.get('aof_enabled');
    record.omninode_cache_aof_enabled(aof);
    if (aof !== '1') return { era };
    record.omninode_cache_aof_last_write_ok(flag(info.get('aof_last_write_status')));
    record.omninode_cache_aof_last_rewrite_ok(flag(info.get('aof_last_bgrewrite_status')));
    record.omninode_cache_aof_rewrite_in_progress(info.get('aof_rewrite_in_progress'));
    record.omninode_cache_aof_size_bytes(info.get('aof_current_size'));
    return { era };
  },
});
