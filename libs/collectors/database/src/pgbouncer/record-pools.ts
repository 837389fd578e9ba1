import type { Recorder } from '@omninode/collector-kit';
import type { poolsMetrics } from '../pools/pools.metrics.js';
import type { ConsoleReply } from '../server/database-query.js';
import { readPools } from './pool-rows.js';

/** Records the pools of a PgBouncer. A pool whose size is not told has no limit and no saturation. */
export function recordPools(reply: ConsoleReply, record: Recorder<typeof poolsMetrics, Record<never, never>>): void {
  for (const { name: pool, inUse, idle, clients, waiting, longestWait, size } of readPools(reply)) {
    const named = { service: 'postgresql', pool };
    record.omninode_active_connections(inUse, named);
    record.omninode_max_connections(size, named);
    record.omninode_database_connection_pool_connections(inUse, { pool, state: 'in_use' });
    record.omninode_database_connection_pool_connections(idle, { pool, state: 'idle' });
    record.omninode_database_connection_pool_waiting_requests(waiting, { pool });
    record.omninode_database_connection_pool_clients(clients, { pool });
    record.omninode_database_connection_pool_longest_wait_seconds(longestWait, { pool });
    record.omninode_database_connection_pool_saturation_ratio(size ? waiting / size : undefined, { pool });
  }
  reportRefused(reply, record);
}

/** Says which commands the console refused: what they would have told is missing. */
export function reportRefused(
  { refused }: ConsoleReply,
  record: { report(status: 'permission', reason: string): void },
): void {
  const [first] = refused;
  if (first)
    record.report('permission', `PgBouncer refused SHOW ${refused.join(', SHOW ')}. Add the user to stats_users.`);
}
