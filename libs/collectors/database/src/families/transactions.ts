import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { assertSeesSessions } from '../server/server-facts.js';

interface Row {
  /** A state of sessions, or prepared, replica, slot. */
  readonly holder: Text;
  readonly transactions: Text;
  readonly oldest: Text | null;
  readonly horizon: Text | null;
}

const states = ['active', 'idle_in_transaction', 'idle_in_transaction_aborted', 'other', 'prepared'] as const;
const causes = ['session', 'prepared', 'replica', 'slot'] as const;

/**
 * What is open for too long: transactions by state, prepared ones, and what keeps vacuum from removing dead rows. Sources:
 * pg_stat_activity, pg_prepared_xacts, pg_replication_slots. Ages of the horizon are transactions, not seconds
 * (https://www.postgresql.org/docs/current/monitoring-stats.html, backend_xmin). A vacuum's own horizon holds nothing back.
 */
export const transactions = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'transactions',
  lane: 'fast',
  metrics: {
    omninode_database_oldest_transaction_seconds: gauge(
      'seconds',
      'Age of the oldest open transaction, by the state of its session; prepared for those that wait for their COMMIT PREPARED; of a failed one the time since it failed. 0 when there is none.',
      ['state'],
    ),
    omninode_database_prepared_transactions: gauge(
      'transactions',
      'Transactions that are prepared and wait for their COMMIT PREPARED or ROLLBACK PREPARED.',
    ),
    omninode_database_horizon_age: gauge(
      'transactions',
      'Transactions that began since the oldest one that somebody may still look back to, by who: sessions, prepared transactions, replicas that send feedback, slots. Rows that died since can not be removed. 0 when nobody does.',
      ['cause'],
    ),
  },

  query: (server) => {
    assertSeesSessions(server);
    return `
    select holder, count(began) as transactions, extract(epoch from max(clock_timestamp() - began)) as oldest,
           max(age(xmin)) as horizon
    from (
      select case when backend_type = 'walsender' then 'replica'
                  when state in ('active', 'idle in transaction') then replace(state, ' ', '_')
                  when state = 'idle in transaction (aborted)' then 'idle_in_transaction_aborted'
                  else 'other' end as holder,
             -- a transaction that failed has no start any more, only a moment at which it failed
             case when state = 'idle in transaction (aborted)' then state_change else xact_start end as began,
             backend_xmin as xmin
      from pg_stat_activity
      where pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
        and (xact_start is not null or backend_xmin is not null or state = 'idle in transaction (aborted)')
      union all select 'prepared', prepared, transaction from pg_prepared_xacts
      union all select 'slot', null, xmin from pg_replication_slots
      union all select 'slot', null, catalog_xmin from pg_replication_slots
    ) as open
    group by holder`;
  },

  toMeasurements(rows, record) {
    const of = (holder: string) => rows.find((row) => row.holder === holder);
    for (const state of states) record.omninode_database_oldest_transaction_seconds(of(state)?.oldest ?? 0, { state });
    record.omninode_database_prepared_transactions(of('prepared')?.transactions ?? 0);
    for (const cause of causes) {
      const those = rows.filter(({ holder }) => causeOf(holder) === cause);
      const age = Math.max(0, ...those.map(({ horizon }) => Number(horizon ?? 0)));
      record.omninode_database_horizon_age(age, { cause });
    }
  },
});

function causeOf(holder: string): string {
  return ['prepared', 'replica', 'slot'].includes(holder) ? holder : 'session';
}
