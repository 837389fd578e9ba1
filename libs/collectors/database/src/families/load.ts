import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { assertSeesSessions } from '../server/server-facts.js';

interface Row {
  /** `null` on the one row of a server without active sessions. */
  readonly wait: Text | null;
  readonly sessions: Text;
  readonly cores: Text | null;
}

/** https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE; `cpu` is ours: no wait event. */
const waits = ['cpu', 'io', 'lock', 'lwlock', 'ipc', 'bufferpin', 'timeout', 'extension', 'client', 'other'] as const;

/**
 * How much of what the server can do at a time it is asked for. Source: pg_stat_activity, at this moment, parallel workers
 * included and ourselves not. Beyond the knee more sessions at a time get no more done, only later: twice the cores and one is
 * where it lies before anybody has measured it (https://wiki.postgresql.org/wiki/Number_Of_Database_Connections).
 */
export const load = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'load',
  lane: 'fast',
  metrics: {
    omninode_database_active_sessions: gauge(
      'sessions',
      'Sessions that run a statement at this moment, by what they wait for: cpu for those that wait for nothing but a core.',
      ['wait'],
    ),
    omninode_database_active_sessions_knee: gauge(
      'sessions',
      "Sessions that the server's cores can do justice to at a time: 2 for each core and 1. Absent unless the target says how many cores there are.",
    ),
    omninode_database_load_ratio: gauge(
      'ratio',
      "Active sessions that don't wait for their client, of those at the knee: above 1 more sessions bring only longer waits. Absent unless the target says how many cores there are.",
    ),
  },

  query: (server) => {
    assertSeesSessions(server);
    return `
    select activity.wait, count(activity.pid) as sessions, ${server.target.cores ?? 'null'} as cores
    from (select) as one
    left join (
      select pid, coalesce(lower(wait_event_type), 'cpu') as wait
      from pg_stat_activity
      where state = 'active' and backend_type in ('client backend', 'parallel worker') and pid <> pg_backend_pid()
    ) as activity on true
    group by activity.wait`;
  },

  toMeasurements(rows, record) {
    const sessions: Record<string, number> = Object.fromEntries(waits.map((wait) => [wait, 0]));
    for (const { wait, sessions: count } of rows) {
      if (wait === null) continue;
      const known = wait in sessions ? wait : 'other';
      sessions[known] = Number(sessions[known]) + Number(count);
    }
    for (const [wait, count] of Object.entries(sessions)) record.omninode_database_active_sessions(count, { wait });
    const cores = rows[0]?.cores;
    if (!cores) return;
    const knee = 2 * Number(cores) + 1;
    const all = Object.values(sessions).reduce((sum, count) => sum + count, 0);
    record.omninode_database_active_sessions_knee(knee);
    record.omninode_database_load_ratio((all - Number(sessions['client'])) / knee);
  },
});
