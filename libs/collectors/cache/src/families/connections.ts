import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { z } from 'zod';
import { notTold } from '../application/cache-stats.js';
import type { CacheQuery, CacheReply } from '../cache-reply.js';
import { eraSchema } from '../counter-era.js';
import { serverCounted } from '../redis/counters.js';
import { readInfo } from '../redis/info.js';
import { addOwn, ownKeys, ownTotalsSchema, withoutOwn } from '../redis/own-use.js';

const memorySchema = z.object({ era: eraSchema, own: ownTotalsSchema });

/** Who is connected. Source: sections clients and stats of INFO. */
export const connections = defineFamily<CacheQuery, CacheReply>()({
  name: 'connections',
  lane: 'fast',
  metrics: {
    omninode_cache_connections: gauge(
      'connections',
      'Connections of clients now, without ours; those of replicas are not among them.',
    ),
    omninode_cache_connections_max: gauge('connections', 'Connections that the server admits: maxclients.'),
    omninode_cache_connections_blocked: gauge(
      'connections',
      'Connections that wait in a blocking command, such as BLPOP.',
    ),
    omninode_cache_connections_received_total: counter('connections', 'Connections that were made, without ours.'),
    omninode_cache_connections_rejected_total: counter(
      'connections',
      'Connections that were refused because maxclients was reached.',
    ),
    omninode_cache_network_bytes_total: counter(
      'bytes',
      'Bytes by direction: in from clients, out to them. Ours are among them: a few kB a pass.',
      ['direction'],
    ),
  },
  query: 'statistics',
  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    if (reply.source === 'application') return record.report('unsupported', notTold('connections'));
    const info = readInfo(reply.info);
    const { era, reset } = serverCounted(info, memory?.era, atMs);
    const own = addOwn(memory?.own, reply.own, reset);
    const { startMs } = era;
    record.omninode_cache_connections(withoutOwn(info.get('connected_clients'), 1));
    record.omninode_cache_connections_max(info.get('maxclients'));
    record.omninode_cache_connections_blocked(info.get('blocked_clients'));
    const received = withoutOwn(info.get('total_connections_received'), own.total[ownKeys.connections] ?? 0);
    record.omninode_cache_connections_received_total(received, startMs);
    record.omninode_cache_connections_rejected_total(info.get('rejected_connections'), startMs);
    record.omninode_cache_network_bytes_total(info.get('total_net_input_bytes'), { direction: 'in' }, startMs);
    record.omninode_cache_network_bytes_total(info.get('total_net_output_bytes'), { direction: 'out' }, startMs);
    return { era, own };
  },
});
