import type { Recorder } from '@omninode/collector-kit';
import { defineMetrics, gauge } from '@omninode/contracts';
import type { poolsMetrics } from '../pools/pools.metrics.js';
import type { Text } from './database-query.js';

export interface SessionsRow {
  /** `null` where the role may not see it; `other` for states that come and go. */
  readonly state: Text | null;
  readonly sessions: Text;
  readonly lock_waiting: Text;
  readonly longest_transaction: Text | null;
  readonly max: Text;
  readonly reserved: Text;
  readonly sees_all: Text;
  readonly role: Text;
}

/** What is said of the sessions of a server. */
export const sessionsMetrics = defineMetrics({
  omninode_database_connections: gauge(
    'connections',
    'Client sessions by state, ours not counted. Absent when the role may not see the state of others.',
    ['state'],
  ),
  omninode_database_connections_reserved: gauge(
    'connections',
    'Connections that only superusers and roles with pg_use_reserved_connections may open.',
  ),
  omninode_database_connection_pool_utilization_ratio: gauge(
    'ratio',
    'Open client sessions, idle ones and ours included, of those that ordinary roles may open: at 1 the server refuses the next login.',
  ),
  omninode_database_sessions_waiting_on_locks: gauge(
    'sessions',
    'Sessions that wait for a lock that another session holds.',
  ),
  omninode_database_longest_transaction_seconds: gauge(
    'seconds',
    'Age of the oldest open transaction of a client; 0 when none is open.',
  ),
  omninode_database_longest_idle_in_transaction_seconds: gauge(
    'seconds',
    'Age of the oldest transaction whose session waits for its client; 0 when there is none.',
  ),
});

/** One row per state, client sessions other than ours; a server without any has one row, with its limits. */
export const sessionsQuery = `
  select activity.state,
         count(activity.pid) as sessions,
         count(*) filter (where activity.wait_event_type = 'Lock') as lock_waiting,
         extract(epoch from max(clock_timestamp() - activity.xact_start)) as longest_transaction,
         current_setting('max_connections') as max,
         current_setting('superuser_reserved_connections')::int
           + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
         pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all,
         current_user as role
  from (select) as one
  left join (
    select pid, wait_event_type, xact_start,
           case when state in ('active', 'idle', 'idle in transaction', 'idle in transaction (aborted)') then state
                else 'other' end as state
    from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()
  ) as activity on true
  group by activity.state`;

const states = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)', 'other'] as const;
const server = { service: 'postgresql', pool: 'server' };

/** Records the sessions of a server: only its limits for a role that may not see them. */
export function recordSessions(
  rows: readonly SessionsRow[],
  record: Recorder<typeof sessionsMetrics & typeof poolsMetrics, Record<never, never>>,
): void {
  const [limits] = rows;
  if (!limits) return;
  const reserved = Number(limits.reserved);
  const limit = Number(limits.max) - reserved;
  record.omninode_max_connections(limit, server);
  record.omninode_database_connections_reserved(reserved);
  if (limits.sees_all !== 't') {
    const grant = `Role ${limits.role} may not see the sessions of others. Run GRANT pg_monitor TO ${limits.role}.`;
    return record.report('permission', grant);
  }

  const sum = (field: 'sessions' | 'lock_waiting', those: (row: SessionsRow) => boolean = () => true) =>
    rows.filter(those).reduce((total, row) => total + Number(row[field]), 0);
  const oldest = (those: (row: SessionsRow) => boolean) =>
    Math.max(0, ...rows.filter(those).map((row) => Number(row.longest_transaction ?? 0)));
  const idle = sum('sessions', (row) => row.state === 'idle');
  const all = sum('sessions');
  record.omninode_active_connections(all - idle, server);
  record.omninode_database_connection_pool_utilization_ratio((all + 1) / limit);
  for (const state of states) {
    record.omninode_database_connections(
      sum('sessions', (row) => row.state === state),
      { state: labelOf(state) },
    );
  }
  record.omninode_database_sessions_waiting_on_locks(sum('lock_waiting'));
  record.omninode_database_longest_transaction_seconds(oldest(() => true));
  record.omninode_database_longest_idle_in_transaction_seconds(
    oldest((row) => row.state?.startsWith('idle in transaction') ?? false),
  );
}

/** `idle in transaction (aborted)` → `idle_in_transaction_aborted`. */
function labelOf(state: string): string {
  return state.replace(/[()]/g, '').replaceAll(' ', '_');
}
