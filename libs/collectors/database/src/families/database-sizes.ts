import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';

interface Row {
  readonly database: Text;
  /** `null`: the role may not see it. */
  readonly bytes: Text | null;
  readonly role: Text;
}

/**
 * How big databases are on disk. The server looks at all of their files for it, hence the slow lane. One that the role may not
 * connect to would fail the whole list, so it is left out and told of.
 */
export const databaseSizes = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'database-sizes',
  lane: 'slow',
  openLabels: ['database'],
  metrics: {
    omninode_database_size_bytes: gauge(
      'bytes',
      'What the database takes on disk. Absent for one that the role may not connect to, unless it has pg_monitor.',
      ['database'],
    ),
  },

  query: () => `
    select datname as database, current_user as role,
           case when has_database_privilege(oid, 'connect') or pg_has_role(current_user, 'pg_read_all_stats', 'usage')
                then pg_database_size(oid) end as bytes
    from pg_database
    where not datistemplate
    order by 3 desc nulls last`,

  toMeasurements(rows, record) {
    for (const { database, bytes } of rows) record.omninode_database_size_bytes(bytes, { database });
    const hidden = rows.filter(({ bytes }) => bytes === null);
    const [first] = hidden;
    if (!first) return;
    const reason = `Role ${first.role} may not see the size of ${hidden.length} databases. Run GRANT pg_monitor TO ${first.role}.`;
    record.report('permission', reason);
  },
});
