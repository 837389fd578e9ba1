import { defineFamily } from '@omninode/collector-kit';
import type { Pass, Recorder } from '@omninode/collector-kit';
import { counter, defineMetrics, gauge } from '@omninode/contracts';
import type { DatabaseQuery, DatabaseReply, Text } from '../server/database-query.js';
import { rankTables } from '../tables/rank-tables.js';
import { nextDatabases, readNow, tableMemorySchema } from '../tables/table-memory.js';
import type { DatabaseMemory, ReadBefore, TableMemory } from '../tables/table-memory.js';
import { databasesQuery, tablesQuery } from '../tables/table-rows.js';
import type { TableRow } from '../tables/table-rows.js';

const ofTable = ['database', 'schema', 'table'] as const;
const other = { schema: 'other', table: 'other' };

const metrics = defineMetrics({
  omninode_database_tables: gauge(
    'tables',
    'Tables and materialized views of the database, temporary ones not counted.',
    ['database'],
  ),
  omninode_database_tables_read_timestamp_seconds: gauge(
    'timestamp',
    'When the tables of the database were read: databases are visited in turn.',
    ['database'],
  ),
  omninode_database_oldest_relation_age: gauge(
    'transactions',
    'Transactions since the oldest that a relation of the database, catalogs and TOAST tables included, may still hold unfrozen.',
    ['database'],
  ),
  omninode_database_oldest_relation_age_ratio: gauge(
    'ratio',
    'That age, of autovacuum_freeze_max_age: at 1 a vacuum of the relation is forced.',
    ['database'],
  ),
  omninode_database_table_live_rows: gauge('rows', 'Rows, as statistics estimate them.', ofTable),
  omninode_database_table_dead_rows: gauge('rows', 'Rows that wait for vacuum, as statistics estimate them.', ofTable),
  omninode_database_table_size_bytes: gauge(
    'bytes',
    'The table with its indexes and TOAST table, by the page counts of the latest vacuum or analyze. Absent before the first; other leaves out those.',
    ofTable,
  ),
  omninode_database_table_sequential_scans_total: counter(
    'operations',
    'Times that the whole table was read. For other: at least so many since this owner took the target.',
    ofTable,
  ),
  omninode_database_table_sequential_rows_total: counter(
    'rows',
    'Live rows that were read so. For other: at least so many since this owner took the target.',
    ofTable,
  ),
  omninode_database_table_frozen_age: gauge(
    'transactions',
    'Transactions since the oldest that the table, or its TOAST table, may still hold unfrozen.',
    ofTable,
  ),
  omninode_database_table_vacuum_timestamp_seconds: gauge(
    'timestamp',
    'When the table was vacuumed last, by whom: a user or autovacuum. Absent when it never was since its statistics began.',
    [...ofTable, 'by'],
  ),
  omninode_database_table_analyze_timestamp_seconds: gauge(
    'timestamp',
    'When the table was analyzed last, by whom: a user or autovacuum. Absent when it never was since its statistics began.',
    [...ofTable, 'by'],
  ),
});

/**
 * The tables of each database that need a look, all others together in `other`. Their statistics are told only within their own
 * database, so the databases are visited in turn.
 */
export const tables = defineFamily<DatabaseQuery, readonly { readonly database: Text }[]>()({
  name: 'tables',
  lane: 'slow',
  openLabels: ofTable,
  maxLabelSets: 450,
  metrics,

  query: databasesQuery,

  followUp(reply, { memory }: Pass<TableMemory>) {
    const databases = nextDatabases(
      reply.map(({ database }) => database),
      memory,
    );
    return databases.length > 0 ? { databases, statement: tablesQuery } : undefined;
  },

  parseMemory: (json) => tableMemorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, takenAtMs, memory, followUp }): TableMemory {
    const names = new Set(reply.map(({ database }) => database));
    const kept = Object.entries(memory?.databases ?? {}).filter(([database]) => names.has(database));
    const databases: Record<string, DatabaseMemory> = Object.fromEntries(kept);
    for (const visit of (followUp ?? []) as readonly DatabaseReply<TableRow>[]) {
      const { database } = visit;
      const before = databases[database]?.read;
      if ('failure' in visit) {
        const status = visit.failure.status === 'permission' ? 'permission' : 'degraded';
        record.report(status, `The tables of database ${database} could not be read: ${visit.failure.reason}`);
        databases[database] = { visitedAtMs: atMs, read: before };
        continue;
      }
      const listed = rankTables(visit.rows, before?.tables);
      const read = readNow(visit.rows, listed, { before, atMs, takenAtMs });
      databases[database] = { visitedAtMs: atMs, read };
      recordDatabase(database, visit.rows, record);
      record.omninode_database_tables_read_timestamp_seconds(atMs / 1000, { database });
      for (const row of listed) recordTable(database, row, record);
      recordOther({ database, rows: visit.rows.filter((row) => !listed.includes(row)), read }, record);
    }
    return { databases };
  },
});

type TableRecorder = Recorder<typeof metrics, Record<never, never>>;

function recordDatabase(database: string, rows: readonly TableRow[], record: TableRecorder): void {
  const [first] = rows;
  const age = first?.oldest_age;
  record.omninode_database_tables(sum(rows, 'tables'), { database });
  record.omninode_database_oldest_relation_age(age, { database });
  record.omninode_database_oldest_relation_age_ratio(age && Number(age) / Number(first?.freeze_age), { database });
}

function recordTable(database: string, row: TableRow, record: TableRecorder): void {
  const labels = { database, schema: row.schema as string, table: row.table as string };
  record.omninode_database_table_live_rows(row.live, labels);
  record.omninode_database_table_dead_rows(row.dead, labels);
  record.omninode_database_table_size_bytes(row.bytes, labels);
  // Since when they count is not told of single tables.
  record.omninode_database_table_sequential_scans_total(row.scans, labels, null);
  record.omninode_database_table_sequential_rows_total(row.scanned_rows, labels, null);
  record.omninode_database_table_frozen_age(row.age, labels);
  record.omninode_database_table_vacuum_timestamp_seconds(row.vacuum, { ...labels, by: 'user' });
  record.omninode_database_table_vacuum_timestamp_seconds(row.autovacuum, { ...labels, by: 'autovacuum' });
  record.omninode_database_table_analyze_timestamp_seconds(row.analyze, { ...labels, by: 'user' });
  record.omninode_database_table_analyze_timestamp_seconds(row.autoanalyze, { ...labels, by: 'autovacuum' });
}

function recordOther(
  { database, rows, read }: { database: string; rows: readonly TableRow[]; read: ReadBefore },
  record: TableRecorder,
): void {
  if (sum(rows, 'tables') === 0) return;
  const labels = { database, ...other };
  const { sinceMs, totals } = read.other;
  record.omninode_database_table_live_rows(sum(rows, 'live'), labels);
  record.omninode_database_table_dead_rows(sum(rows, 'dead'), labels);
  const isSizeTold = rows.some(({ bytes }) => bytes !== null);
  record.omninode_database_table_size_bytes(isSizeTold ? sum(rows, 'bytes') : undefined, labels);
  record.omninode_database_table_sequential_scans_total(totals[0], labels, sinceMs);
  record.omninode_database_table_sequential_rows_total(totals[1], labels, sinceMs);
}

function sum(rows: readonly TableRow[], field: 'tables' | 'live' | 'dead' | 'bytes'): number {
  return rows.reduce((total, row) => total + Number(row[field] ?? 0), 0);
}
