import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { z } from 'zod';
import { readCacheStats, unknownShape } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo } from '../redis/info.js';
import { roleOf, serverStartMs, serverVersion } from '../redis/server-run.js';

const roles = ['primary', 'replica'] as const;
/** What the server was in the pass before. */
const memorySchema = z.object({ era: eraSchema, role: z.enum(roles).optional() });

/** Whether the cache answers, how fast, as what, since when, and why its counters began anew. */
export const availability = defineFamily<CacheQuery, CacheReply>()({
  name: 'availability',
  lane: 'fast',
  metrics: {
    omninode_cache_connect_seconds: gauge(
      'seconds',
      'How long the latest connect took, with login; for an application, its first answer. The connection is kept, so this changes only when a new one is made.',
    ),
    omninode_cache_probe_seconds: gauge(
      'seconds',
      'How long the cache took to answer the question of this pass: INFO, or the statistics of an application.',
    ),
    omninode_cache_server_version: gauge(
      'version',
      'The version of the server, 70015 for 7.0.15, by kind of server: redis or valkey. Absent for an application.',
      ['server'],
    ),
    omninode_cache_start_timestamp_seconds: gauge(
      'timestamp',
      'When the server was started, by its own clock. Absent for an application.',
    ),
    omninode_cache_role: gauge(
      'boolean',
      'Which role the server has: 1 for it, 0 for the other of primary and replica. Absent for an application.',
      ['role'],
    ),
    omninode_cache_loading: gauge(
      'boolean',
      'Whether the server is loading its data and answers no ordinary command yet. Absent for an application.',
    ),
  },
  events: {
    'cache.role_changed': {
      meaning:
        'The server at this address has another role than in the pass before: a failover, a promotion, a moved address.',
      attributes: { from: 'primary or replica', to: 'primary or replica' },
    },
    'cache.counters_reset': {
      meaning: 'All counters of the server began anew since the pass before.',
      attributes: {
        reason:
          'restart: the server was started. failover: another server, which ran already, answers at the address. resetstat: CONFIG RESETSTAT.',
      },
    },
  },

  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, answerMs, connectMs, memory }) {
    record.omninode_cache_connect_seconds(connectMs / 1000);
    record.omninode_cache_probe_seconds(answerMs / 1000);
    if (reply.source === 'application') {
      if (readCacheStats(reply).length === 0) record.report('degraded', unknownShape);
      return undefined;
    }
    const info = readInfo(reply.info);
    const { server, version } = serverVersion(info);
    record.omninode_cache_server_version(version, { server });
    const startMs = serverStartMs(info);
    record.omninode_cache_start_timestamp_seconds(startMs === undefined ? undefined : startMs / 1000);
    const role = roleOf(info);
    for (const one of roles) record.omninode_cache_role(role && Number(role === one), { role: one });
    const loading = info.get('loading');
    record.omninode_cache_loading(loading);
    if (loading === '1')
      record.report('degraded', loadingReason(info.get('loading_loaded_perc'), info.get('loading_eta_seconds')));
    if (reply.namingRefused) record.report('permission', reply.namingRefused);

    const { era, reset } = serverCounted(info, memory?.era, atMs);
    if (reset) record.event('cache.counters_reset', { reason: reset });
    if (memory?.role && role && memory.role !== role)
      record.event('cache.role_changed', { from: memory.role, to: role });
    return { era, role: role ?? memory?.role };
  },
});

function loadingReason(percent = '?', seconds = '?'): string {
  return `The server is loading its data (${percent} % done, about ${seconds} s to go) and answers no ordinary command until then.`;
}
