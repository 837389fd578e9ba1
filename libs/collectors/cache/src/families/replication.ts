import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { flag, readInfo, unlessNegative } from '../redis/info.js';
import type { Info } from '../redis/info.js';

const memorySchema = z.object({ era: eraSchema });

const resyncs = { full: 'sync_full', partial: 'sync_partial_ok', partial_refused: 'sync_partial_err' } as const;

/**
 * How far replicas are behind. A replica has no name that could be a label, only an address, so the one that is furthest
 * behind is told. Source: section replication of INFO. A server that others replicate and that is a replica itself has both halves.
 */
export const replication = defineFamily<CacheQuery, CacheReply>()({
  name: 'replication',
  lane: 'fast',
  metrics: {
    omninode_cache_replication_offset_bytes: gauge('bytes', 'How far the stream of changes has come on this server.'),
    omninode_cache_replicas: gauge(
      'connections',
      'Replicas of this server by state: online, or syncing (all others).',
      ['state'],
    ),
    omninode_cache_replication_lag_bytes: gauge(
      'bytes',
      'What the online replica that is furthest behind has not acknowledged yet. Absent without an online replica.',
    ),
    omninode_cache_replication_acknowledged_age_seconds: gauge(
      'seconds',
      'How long ago the online replica that is longest silent acknowledged anything, whole seconds. Absent without an online replica.',
    ),
    omninode_cache_replication_resyncs_total: counter(
      'operations',
      'Synchronisations with replicas: full, partial, and partial_refused, which a full one follows.',
      ['kind'],
    ),
    omninode_cache_replication_link_up: gauge(
      'boolean',
      'Whether the link to the primary stands. Absent on a primary.',
    ),
    omninode_cache_replication_link_down_seconds: gauge(
      'seconds',
      'How long the link to the primary has been down. Absent on a primary, and while it stands.',
    ),
    omninode_cache_replication_last_contact_seconds: gauge(
      'seconds',
      'How long ago the primary was heard of, whole seconds. Absent on a primary, and while the link is down.',
    ),
    omninode_cache_replication_unapplied_bytes: gauge(
      'bytes',
      'What came from the primary and is not applied yet. Absent on a primary, and before Redis 7.',
    ),
    omninode_cache_replication_sync_in_progress: gauge(
      'boolean',
      'Whether the data of the primary is being copied. Absent on a primary.',
    ),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('replication'));
    const info = readInfo(reply.info);
    const { era } = serverCounted(info, memory?.era, atMs);
    record.omninode_cache_replication_offset_bytes(info.get('master_repl_offset'));
    const replicas = replicasOf(info);
    const online = replicas.filter(({ state }) => state === 'online');
    record.omninode_cache_replicas(online.length, { state: 'online' });
    record.omninode_cache_replicas(replicas.length - online.length, { state: 'syncing' });
    const offset = Number(info.get('master_repl_offset'));
    const most = (values: readonly number[]) => (values.length > 0 ? Math.max(...values) : undefined);
    // Replicas acknowledge once a second, so a busy server reads the writes of up to a second here though all is well.
    record.omninode_cache_replication_lag_bytes(most(online.map((replica) => offset - Number(replica.offset))));
    record.omninode_cache_replication_acknowledged_age_seconds(most(online.map(({ lag }) => Number(lag))));
    for (const [kind, field] of Object.entries(resyncs)) {
      record.omninode_cache_replication_resyncs_total(info.get(field), { kind }, era.startMs);
    }
    record.omninode_cache_replication_link_up(flag(info.get('master_link_status')));
    record.omninode_cache_replication_link_down_seconds(unlessNegative(info.get('master_link_down_since_seconds')));
    record.omninode_cache_replication_last_contact_seconds(unlessNegative(info.get('master_last_io_seconds_ago')));
    record.omninode_cache_replication_sync_in_progress(info.get('master_sync_in_progress'));
    const [read, applied] = [info.get('slave_read_repl_offset'), info.get('slave_repl_offset')];
    record.omninode_cache_replication_unapplied_bytes(read && applied && Number(read) - Number(applied));
    return { era };
  },
});

/** `slave0:ip=…,port=…,state=online,offset=…,lag=…`; other fields begin with slave too. */
function replicasOf(info: Info) {
  return [...info.lines('slave')].flatMap(([rest, parts]) => (/^\d+$/.test(rest) ? [parts] : []));
}
