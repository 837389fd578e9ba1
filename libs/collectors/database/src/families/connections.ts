import { defineFamily } from '@omninode/collector-kit';
import { recordPools } from '../pgbouncer/record-pools.js';
import type { ApplicationPoolReply } from '../pools/pool-status.js';
import { poolsMetrics } from '../pools/pools.metrics.js';
import { recordApplicationPools } from '../pools/record-application-pools.js';
import { counterGroupsSchema } from '../server/counter-groups.js';
import { applicationPoolsQuery } from '../server/database-query.js';
import type { ConsoleReply, DatabaseQuery } from '../server/database-query.js';
import { recordSessions, sessionsMetrics, sessionsQuery } from '../server/sessions.js';
import type { SessionsRow } from '../server/sessions.js';

/**
 * Who is connected and what they do, and who waits for a connection. Sources: pg_stat_activity where a server is watched, SHOW
 * POOLS where the console of a PgBouncer is, and what services tell of their pools.
 */
export const connections = defineFamily<DatabaseQuery, readonly SessionsRow[] | ConsoleReply>()({
  name: 'connections',
  lane: 'fast',
  openLabels: ['pool'],
  metrics: { ...poolsMetrics, ...sessionsMetrics },

  query: { server: () => sessionsQuery, console: ['POOLS', 'DATABASES', 'USERS'] },

  followUp: () => applicationPoolsQuery,

  parseMemory: (json) => counterGroupsSchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory, followUp }) {
    if ('rows' in reply) recordPools(reply, record);
    else recordSessions(reply, record);
    const pools = (followUp ?? []) as readonly ApplicationPoolReply[];
    if (pools.length > 0) return recordApplicationPools(pools, record, { atMs, memory });
  },
});
