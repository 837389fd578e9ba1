import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { z } from 'zod';
import type { ConsoleReply, DatabaseQuery, Text } from '../server/database-query.js';

interface Row {
  readonly version: Text;
  readonly started: Text;
  readonly in_recovery: Text;
  readonly is_pooled: Text;
}

/** What the server was in the pass before. */
const memorySchema = z.object({ role: z.enum(['primary', 'replica']), startedMs: z.number() });
type Memory = z.infer<typeof memorySchema>;

/**
 * Whether the server answers, how fast, as what, since when. Its role is asked in every pass: a failover changes it under an
 * open connection. Of the console of a PgBouncer only whether and how fast.
 */
export const availability = defineFamily<DatabaseQuery, readonly Row[] | ConsoleReply>()({
  name: 'availability',
  lane: 'fast',
  metrics: {
    omninode_database_connect_seconds: gauge(
      'seconds',
      'How long the latest connect took, with login and the first answer. The connection is kept, so this changes only when a new one is made.',
    ),
    omninode_database_probe_seconds: gauge(
      'seconds',
      'How long the server took to answer the smallest question of this pass.',
    ),
    omninode_database_server_version: gauge(
      'version',
      'The server_version_num of the server: 180004 is PostgreSQL 18.4.',
    ),
    omninode_database_start_timestamp_seconds: gauge('timestamp', 'When the server was started, by its own clock.'),
    omninode_database_in_recovery: gauge(
      'boolean',
      'Whether the server is in recovery: 1 on a replica, 0 on a primary.',
    ),
  },
  events: {
    'database.role_changed': {
      meaning:
        'The server at this address has another role than in the pass before: a failover, a promotion, a moved address.',
      attributes: { from: 'primary or replica', to: 'primary or replica' },
    },
    'database.restarted': {
      meaning: 'The server was started since the pass before, or another server answers at its address.',
      attributes: { started_ms: 'When it was started, ms since 1970 UTC.', before_ms: 'When the one before was.' },
    },
  },

  query: {
    server: ({ isPooled }) => `
    select current_setting('server_version_num') as version,
           extract(epoch from pg_postmaster_start_time()) as started,
           pg_is_in_recovery() as in_recovery,
           ${isPooled} as is_pooled`,
    console: ['VERSION'],
  },

  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(reply, record, { answerMs, connectMs, memory }) {
    record.omninode_database_connect_seconds(connectMs / 1000);
    record.omninode_database_probe_seconds(answerMs / 1000);
    const row = 'rows' in reply ? undefined : reply[0];
    if (!row) return;
    record.omninode_database_server_version(row.version);
    record.omninode_database_start_timestamp_seconds(row.started);
    record.omninode_database_in_recovery(row.in_recovery === 't' ? 1 : 0);
    if (row.is_pooled === 't') record.report('degraded', pooledReason);

    const now: Memory = {
      role: row.in_recovery === 't' ? 'replica' : 'primary',
      startedMs: Math.round(Number(row.started) * 1000),
    };
    if (memory && memory.role !== now.role) record.event('database.role_changed', { from: memory.role, to: now.role });
    if (memory && memory.startedMs !== now.startedMs) {
      record.event('database.restarted', { started_ms: now.startedMs, before_ms: memory.startedMs });
    }
    return now;
  },
});

const pooledReason =
  "A connection pooler answers at this address: statements run without statement_timeout, and connect times are the pooler's. Give the target the server's own address.";
