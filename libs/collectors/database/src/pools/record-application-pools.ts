import type { Recorder } from '@omninode/collector-kit';
import { countedGroups, startOf } from '../server/counter-groups.js';
import type { CounterGroups } from '../server/counter-groups.js';
import type { ApplicationPoolReply, PoolStatus } from './pool-status.js';
import { readPoolStatus } from './pool-status.js';
import type { poolsMetrics } from './pools.metrics.js';

/** Records what services told of their pools; what they don't tell, and their totals' past, stays out. */
export function recordApplicationPools(
  replies: readonly ApplicationPoolReply[],
  record: Recorder<typeof poolsMetrics, Record<never, never>>,
  { atMs, memory }: { readonly atMs: number; readonly memory: CounterGroups | undefined },
): CounterGroups {
  const told = replies.flatMap((reply) => {
    const { pool } = reply;
    const status = 'failure' in reply ? undefined : readPoolStatus(reply.json);
    if (status) return { pool, status };
    const unknown = `What the service of pool ${pool} answers is not the JSON of a health check.`;
    record.report('degraded', 'failure' in reply ? reply.failure : unknown);
    return [];
  });
  // A service does not say when it was started: totals that fell began after the pass before.
  const totals = told.map(({ pool, status: { acquired, released, exhaustions } }) => {
    return [pool, { values: [acquired, released, exhaustions].map(String) }] as const;
  });
  const counted = countedGroups({ atMs, groups: Object.fromEntries(totals) }, memory);
  for (const { pool, status } of told) {
    recordLevels(pool, status, record);
    const startMs = startOf(counted, pool);
    record.omninode_database_connection_pool_acquisitions_total(status.acquired, { pool }, startMs);
    record.omninode_database_connection_pool_releases_total(status.released, { pool }, startMs);
    record.omninode_database_connection_pool_exhaustion_alerts_total(status.exhaustions, { pool }, startMs);
  }
  return counted;
}

function recordLevels(
  pool: string,
  { isConnected, isExhausted, open, idle, min, max }: PoolStatus,
  record: Recorder<typeof poolsMetrics, Record<never, never>>,
): void {
  const named = { service: 'postgresql', pool };
  const isTold = open !== undefined && idle !== undefined;
  const inUse = isTold ? Number(open) - Number(idle) : undefined;
  record.omninode_database_connection_pool_connected(isConnected === undefined ? undefined : Number(isConnected), {
    pool,
  });
  record.omninode_database_connection_pool_exhausted(Number(isExhausted), { pool });
  record.omninode_active_connections(inUse, named);
  record.omninode_max_connections(max, named);
  record.omninode_database_connection_pool_connections(inUse, { pool, state: 'in_use' });
  record.omninode_database_connection_pool_connections(idle, { pool, state: 'idle' });
  record.omninode_database_connection_pool_open_connections(open, { pool });
  record.omninode_database_connection_pool_min_connections(min, { pool });
}
