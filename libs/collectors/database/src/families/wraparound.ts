import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';

interface Row {
  readonly database: Text;
  readonly xid_age: Text;
  readonly multixact_age: Text;
  readonly xid_freeze: Text;
  readonly multixact_freeze: Text;
}

const ids = ['xid', 'multixact'] as const;
/** Half of all ids: what is older would lie in the future (https://www.postgresql.org/docs/current/routine-vacuuming.html). */
const allOfThePast = 2 ** 31;

/** How near each database is to the end of its transaction ids: templates too, for any one of them stops all writes. Source: pg_database. */
export const wraparound = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'wraparound',
  lane: 'slow',
  openLabels: ['database'],
  metrics: {
    omninode_database_frozen_age: gauge(
      'transactions',
      'Transactions, or multixacts, since the oldest that the database may still hold unfrozen.',
      ['database', 'id'],
    ),
    omninode_database_frozen_age_ratio: gauge(
      'ratio',
      'That age, of the autovacuum_freeze_max_age at which vacuum is forced: a value that stays above 1 says that it does not get through.',
      ['database', 'id'],
    ),
    omninode_database_wraparound_ratio: gauge(
      'ratio',
      'That age, of the 2^31 at which the server could no longer tell past from future: shortly before 1 it refuses all writes.',
      ['database', 'id'],
    ),
  },

  query: () => `
    select datname as database, age(datfrozenxid) as xid_age, mxid_age(datminmxid) as multixact_age,
           current_setting('autovacuum_freeze_max_age') as xid_freeze,
           current_setting('autovacuum_multixact_freeze_max_age') as multixact_freeze
    from pg_database
    order by age(datfrozenxid) desc`,

  toMeasurements(rows, record) {
    for (const row of rows) {
      for (const id of ids) {
        const labels = { database: row.database, id };
        const age = Number(row[`${id}_age`]);
        record.omninode_database_frozen_age(age, labels);
        record.omninode_database_frozen_age_ratio(age / Number(row[`${id}_freeze`]), labels);
        record.omninode_database_wraparound_ratio(age / allOfThePast, labels);
      }
    }
  },
});
