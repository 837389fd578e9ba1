import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import { z } from 'zod';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { assertSeesSessions } from '../server/server-facts.js';

interface Row {
  readonly waiting: Text;
}

/** A session that others wait for and that waits for no lock itself; the one row without a `pid` when all is over already. */
interface BlockerRow {
  readonly longest_wait: Text | null;
  readonly pid: Text | null;
  readonly began: Text | null;
  readonly blocked: Text;
  readonly state: Text | null;
  readonly database: Text | null;
  readonly user: Text | null;
  readonly application: Text | null;
  readonly transaction: Text | null;
  readonly query_id: Text | null;
}

/** The session that was told of last: once is enough as long as it goes on. */
const memorySchema = z.object({ told: z.string() });
const nobody = { told: '' };

/** A cap for what `pg_blocking_pids` is asked, which holds up the whole lock manager for a moment each time. */
const mostAsked = 50;

/**
 * Who waits for locks, and for whom. Sources: pg_stat_activity, which is cheap; only when somebody waits pg_locks and
 * pg_blocking_pids (https://www.postgresql.org/docs/current/functions-info.html), which a prepared transaction is process 0 to.
 */
export const blocking = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'blocking',
  lane: 'fast',
  metrics: {
    omninode_database_blocked_sessions: gauge('sessions', 'Sessions that wait for a lock.'),
    omninode_database_longest_lock_wait_seconds: gauge(
      'seconds',
      'How long the session that waits longest for a lock has waited; 0 when none waits.',
    ),
    omninode_database_blocking_sessions: gauge(
      'sessions',
      'Sessions that others wait for and that wait for no lock themselves: the roots; 0 when nobody waits.',
    ),
  },
  events: {
    'database.session_blocks': {
      meaning: 'Another session than before is the one that most others wait for. Told once for each.',
      attributes: {
        blocked: 'How many wait for it directly.',
        longest_wait_seconds: 'How long the session that waits longest, maybe for another one, has waited.',
        pid: 'Its process on the server, for pg_terminate_backend; absent for a prepared transaction.',
        state: 'What it does: active, idle in transaction …; prepared for a prepared transaction.',
        database: 'Its database.',
        user: 'Its role.',
        application: 'Its application_name.',
        transaction_seconds: 'Age of its transaction.',
        query_id: 'Of its latest statement, as in database.statement_ranking; absent while compute_query_id is off.',
      },
    },
  },

  query: (server) => {
    assertSeesSessions(server);
    return `select count(*) as waiting from pg_stat_activity where wait_event_type = 'Lock'`;
  },

  followUp: ([row]) => (Number(row?.waiting ?? 0) > 0 ? () => blockersQuery : undefined),

  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements([row], record, { memory, followUp }) {
    if (!row) return;
    record.omninode_database_blocked_sessions(row.waiting);
    if (row.waiting === '0') {
      record.omninode_database_longest_lock_wait_seconds(0);
      record.omninode_database_blocking_sessions(0);
      return nobody;
    }
    const rows = (followUp ?? []) as readonly BlockerRow[];
    const blockers = rows.filter(({ pid }) => pid !== null);
    record.omninode_database_longest_lock_wait_seconds(rows[0]?.longest_wait);
    if (followUp) record.omninode_database_blocking_sessions(blockers.length);
    const [most] = blockers;
    if (!most) return memory;
    const told = `${most.pid} ${most.began}`;
    if (told !== memory?.told) record.event('database.session_blocks', attributesOf(most));
    return { told };
  },
});

const blockersQuery = `
  select (select extract(epoch from max(clock_timestamp() - waitstart)) from pg_locks where not granted) as longest_wait,
         blocker.pid, extract(epoch from coalesce(activity.xact_start, activity.backend_start)) as began, blocker.blocked,
         activity.state, activity.datname as database, activity.usename as "user",
         activity.application_name as application,
         extract(epoch from clock_timestamp() - activity.xact_start) as transaction, activity.query_id
  from (select) as one
  left join (
    select blockers.pid, count(*) as blocked
    from (
      select pid from pg_stat_activity where wait_event_type = 'Lock' order by state_change limit ${mostAsked}
    ) as waiting
    cross join lateral (select distinct unnest(pg_blocking_pids(waiting.pid)) as pid) as blockers
    group by blockers.pid
  ) as blocker
    on not exists (
      select from pg_stat_activity as other where other.pid = blocker.pid and other.wait_event_type = 'Lock'
    )
  left join pg_stat_activity as activity on activity.pid = blocker.pid
  order by blocker.blocked desc nulls last, activity.xact_start`;

function attributesOf(row: BlockerRow) {
  const isPrepared = row.pid === '0';
  const number = (text: Text | null) => (text === null ? undefined : Number(text));
  return {
    blocked: Number(row.blocked),
    longest_wait_seconds: number(row.longest_wait),
    pid: isPrepared ? undefined : Number(row.pid),
    state: isPrepared ? 'prepared' : (row.state ?? undefined),
    database: row.database ?? undefined,
    user: row.user ?? undefined,
    application: row.application ?? undefined,
    transaction_seconds: number(row.transaction),
    query_id: row.query_id ?? undefined,
  };
}
