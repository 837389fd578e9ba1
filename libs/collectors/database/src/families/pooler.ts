import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { number } from '../pgbouncer/pool-rows.js';
import { reportRefused } from '../pgbouncer/record-pools.js';
import { countedGroups, counterGroupsSchema, startOf } from '../server/counter-groups.js';
import type { ConsoleReply, ConsoleRow, DatabaseQuery } from '../server/database-query.js';

/**
 * What went through a PgBouncer, and how much of it there may be. Sources: SHOW STATS_TOTALS (since its start, times in
 * microseconds), LISTS, DATABASES and CONFIG (https://www.pgbouncer.org/usage.html#show-commands). Columns are taken by name:
 * which there are depends on its version. A server of PostgreSQL has nothing to tell of this, and is not asked.
 */
export const pooler = defineFamily<DatabaseQuery, ConsoleReply>()({
  name: 'pooler',
  lane: 'medium',
  openLabels: ['database'],
  metrics: {
    omninode_database_pooler_version: gauge(
      'version',
      'The version of PgBouncer: 12401 is 1.24.1. Absent for a server.',
    ),
    omninode_database_pooler_clients: gauge(
      'clients',
      'Clients that are connected to PgBouncer, ours included. Absent for a server.',
    ),
    omninode_database_pooler_clients_max: gauge(
      'clients',
      'Clients that may be connected: max_client_conn. Absent for a server.',
    ),
    omninode_database_pooler_clients_logging_in: gauge(
      'clients',
      'Clients that have not logged in yet, maybe because a server must be asked for it. Absent for a server.',
    ),
    omninode_database_pooler_server_connections: gauge(
      'connections',
      'Connections that PgBouncer holds to servers. Absent for a server.',
    ),
    omninode_database_pooler_default_pool_size: gauge(
      'connections',
      'Connections of a pool whose database has no size of its own: default_pool_size as it is in force. Absent for a server.',
    ),
    omninode_database_pooler_database_connections: gauge(
      'connections',
      'Connections that PgBouncer holds to the database. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_database_connections_max: gauge(
      'connections',
      'Connections to the database that all of its pools together may have: max_db_connections. Absent without such a limit.',
      ['database'],
    ),
    omninode_database_pooler_database_paused: gauge(
      'boolean',
      'Whether the database is paused or disabled in PgBouncer, so that clients wait or are refused. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_transactions_total: counter(
      'transactions',
      'Transactions that ended. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_queries_total: counter('queries', 'Queries that ended. Absent for a server.', [
      'database',
    ]),
    omninode_database_pooler_received_bytes_total: counter('bytes', 'Bytes that clients sent. Absent for a server.', [
      'database',
    ]),
    omninode_database_pooler_sent_bytes_total: counter(
      'bytes',
      'Bytes that were sent to clients. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_transaction_time_seconds_total: counter(
      'seconds',
      'Time that transactions held a connection, idle ones included. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_query_time_seconds_total: counter(
      'seconds',
      'Time that queries ran. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_wait_time_seconds_total: counter(
      'seconds',
      'Time that clients waited for a connection, told when they get it. Absent for a server.',
      ['database'],
    ),
    omninode_database_pooler_assignments_total: counter(
      'operations',
      'Times that a connection was given to a client. Absent before PgBouncer 1.23.',
      ['database'],
    ),
  },

  query: { console: ['STATS_TOTALS', 'DATABASES', 'LISTS', 'CONFIG', 'VERSION'] },

  parseMemory: (json) => counterGroupsSchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    const { VERSION: version, LISTS: lists, CONFIG: config, DATABASES: databases, STATS_TOTALS: totals } = reply.rows;
    const list = (name: string) => number(lists?.find((row) => row['list'] === name)?.['items']);
    const setting = (name: string) => number(config?.find((row) => row['key'] === name)?.['value']);
    record.omninode_database_pooler_version(versionNumber(version?.[0]?.['version']));
    record.omninode_database_pooler_clients(list('used_clients'));
    record.omninode_database_pooler_clients_max(setting('max_client_conn'));
    record.omninode_database_pooler_clients_logging_in(list('login_clients'));
    record.omninode_database_pooler_server_connections(list('used_servers'));
    record.omninode_database_pooler_default_pool_size(setting('default_pool_size'));
    for (const row of withoutConsole(databases, 'name')) {
      const database = String(row['name']);
      const isStopped = row['paused'] === '1' || row['disabled'] === '1';
      record.omninode_database_pooler_database_connections(number(row['current_connections']), { database });
      // 0 stands for no limit.
      record.omninode_database_pooler_database_connections_max(number(row['max_connections']) || undefined, {
        database,
      });
      record.omninode_database_pooler_database_paused(Number(isStopped), { database });
    }
    reportRefused(reply, record);
    if (!totals) return;

    const rows = withoutConsole(totals, 'database');
    const groups = rows.map((row) => [
      String(row['database']),
      { values: [row['xact_count'], row['query_count'], row['bytes_received']] },
    ]);
    const counted = countedGroups({ atMs, groups: Object.fromEntries(groups) as never }, memory);
    for (const row of rows) {
      const database = String(row['database']);
      const startMs = startOf(counted, database);
      record.omninode_database_pooler_transactions_total(row['xact_count'], { database }, startMs);
      record.omninode_database_pooler_queries_total(row['query_count'], { database }, startMs);
      record.omninode_database_pooler_received_bytes_total(row['bytes_received'], { database }, startMs);
      record.omninode_database_pooler_sent_bytes_total(row['bytes_sent'], { database }, startMs);
      record.omninode_database_pooler_transaction_time_seconds_total(
        secondsOf(row['xact_time']),
        { database },
        startMs,
      );
      record.omninode_database_pooler_query_time_seconds_total(secondsOf(row['query_time']), { database }, startMs);
      record.omninode_database_pooler_wait_time_seconds_total(secondsOf(row['wait_time']), { database }, startMs);
      record.omninode_database_pooler_assignments_total(row['server_assignment_count'], { database }, startMs);
    }
    return counted;
  },
});

/** The console is a database of PgBouncer too, and our own questions are its queries. */
function withoutConsole(rows: readonly ConsoleRow[] | undefined, name: string): readonly ConsoleRow[] {
  return rows?.filter((row) => row[name] !== 'pgbouncer') ?? [];
}

function secondsOf(micros: ConsoleRow[string]): number | undefined {
  const value = number(micros);
  return value === undefined ? undefined : value / 1e6;
}

/** `PgBouncer 1.24.1` → 12401. */
function versionNumber(text: ConsoleRow[string]): number | undefined {
  const [, major, minor, patch] = /(\d+)\.(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  return major ? Number(major) * 10_000 + Number(minor) * 100 + Number(patch) : undefined;
}
