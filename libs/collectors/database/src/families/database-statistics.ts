import { defineFamily } from '@omninode/collector-kit';
import { counter, gauge } from '@omninode/contracts';
import { z } from 'zod';
import { counterStart, counterStateSchema } from '../server/counter-start.js';
import type { CounterState } from '../server/counter-start.js';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { seconds } from '../server/seconds.js';

type Column =
  | 'xact_commit'
  | 'xact_rollback'
  | 'blks_read'
  | 'blks_hit'
  | 'tup_returned'
  | 'tup_fetched'
  | 'tup_inserted'
  | 'tup_updated'
  | 'tup_deleted'
  | 'conflicts'
  | 'temp_files'
  | 'temp_bytes'
  | 'deadlocks'
  | 'sessions'
  | 'sessions_abandoned'
  | 'sessions_fatal'
  | 'sessions_killed';
/** `null`: not measured with the server's settings, or not known to its version. */
type OptionalColumn = 'checksum_failures' | 'read_time' | 'write_time' | 'workers_planned' | 'workers_launched';
type TimeColumn = 'session_time' | 'active_time' | 'idle_in_transaction_time';

type Row = Readonly<Record<Column | TimeColumn, Text> & Record<OptionalColumn, Text | null>> & {
  readonly datid: Text;
  /** `null` for the row of objects that all databases share. */
  readonly datname: Text | null;
  readonly backends: Text | null;
  readonly reset: Text | null;
  readonly started: Text;
};

/** By datid: a database that is made anew under an old name is another one. */
const memorySchema = z.object({ atMs: z.number(), databases: z.record(z.string(), counterStateSchema) });

/** What each database did since its statistics began. Source: pg_stat_database; times are there in ms. */
export const databaseStatistics = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'database-statistics',
  lane: 'fast',
  openLabels: ['database'],
  metrics: {
    omninode_database_backends: gauge(
      'connections',
      'Sessions in the database now, those of the server itself included.',
      ['database'],
    ),
    omninode_database_transactions_total: counter(
      'transactions',
      'Transactions that ended, by outcome: committed or rolled_back.',
      ['database', 'outcome'],
    ),
    omninode_database_blocks_read_total: counter('blocks', 'Blocks that were not in the shared buffers.', ['database']),
    omninode_database_blocks_hit_total: counter('blocks', 'Blocks that were found in the shared buffers.', [
      'database',
    ]),
    omninode_database_rows_total: counter(
      'rows',
      'Rows by operation: returned (by scans), fetched (by index scans), inserted, updated, deleted.',
      ['database', 'operation'],
    ),
    omninode_database_conflicts_total: counter(
      'queries',
      'Queries that were cancelled on a replica because of recovery.',
      ['database'],
    ),
    omninode_database_temp_files_total: counter('files', 'Temporary files that queries wrote.', ['database']),
    omninode_database_temp_bytes_total: counter('bytes', 'Bytes that queries wrote to temporary files.', ['database']),
    omninode_database_deadlocks_total: counter('events', 'Deadlocks.', ['database']),
    omninode_database_checksum_failures_total: counter(
      'errors',
      'Blocks whose checksum was wrong. Absent without data checksums.',
      ['database'],
    ),
    omninode_database_block_time_seconds_total: counter(
      'seconds',
      'Time spent to read or write blocks. Absent while track_io_timing is off.',
      ['database', 'operation'],
    ),
    omninode_database_session_time_seconds_total: counter('seconds', 'Time that sessions lasted.', ['database']),
    omninode_database_active_time_seconds_total: counter('seconds', 'Time that sessions ran statements.', ['database']),
    omninode_database_idle_in_transaction_time_seconds_total: counter(
      'seconds',
      'Time that sessions held a transaction open and idle.',
      ['database'],
    ),
    omninode_database_sessions_total: counter('sessions', 'Sessions that were opened.', ['database']),
    omninode_database_sessions_ended_total: counter(
      'sessions',
      'Sessions that did not end well, by cause: abandoned (the client was gone), fatal (an error), killed (an operator).',
      ['database', 'cause'],
    ),
    omninode_database_parallel_workers_total: counter(
      'operations',
      'Parallel workers of queries: planned and launched. Absent before PostgreSQL 18.',
      ['database', 'step'],
    ),
  },

  query: ({ version }) => `
    select datid, datname, numbackends as backends, xact_commit, xact_rollback, blks_read, blks_hit,
           tup_returned, tup_fetched, tup_inserted, tup_updated, tup_deleted,
           conflicts, temp_files, temp_bytes, deadlocks, checksum_failures,
           case when current_setting('track_io_timing')::bool then blk_read_time end as read_time,
           case when current_setting('track_io_timing')::bool then blk_write_time end as write_time,
           session_time, active_time, idle_in_transaction_time,
           sessions, sessions_abandoned, sessions_fatal, sessions_killed,
           ${version >= 180_000 ? 'parallel_workers_to_launch' : 'null'} as workers_planned,
           ${version >= 180_000 ? 'parallel_workers_launched' : 'null'} as workers_launched,
           extract(epoch from stats_reset) as reset,
           extract(epoch from pg_postmaster_start_time()) as started
    from pg_stat_database
    where datname is null or datname not in ('template0', 'template1')
    order by datid`,

  parseMemory: (json) => memorySchema.safeParse(json).data,

  toMeasurements(rows, record, { atMs, memory }) {
    const states: Record<string, CounterState> = {};
    for (const row of rows) {
      const database = row.datname ?? 'shared';
      const state = counterStart({
        values: [row.xact_commit, row.xact_rollback, row.blks_hit, row.blks_read, row.tup_returned, row.sessions],
        resetMs: row.reset === null ? null : Math.round(Number(row.reset) * 1000),
        serverStartMs: Math.round(Number(row.started) * 1000),
        before: memory && { atMs: memory.atMs, state: memory.databases[row.datid] },
      });
      states[row.datid] = state;
      const { startMs } = state;
      const total = { database };

      record.omninode_database_backends(row.backends, total);
      record.omninode_database_transactions_total(row.xact_commit, { database, outcome: 'committed' }, startMs);
      record.omninode_database_transactions_total(row.xact_rollback, { database, outcome: 'rolled_back' }, startMs);
      record.omninode_database_blocks_read_total(row.blks_read, total, startMs);
      record.omninode_database_blocks_hit_total(row.blks_hit, total, startMs);
      for (const operation of ['returned', 'fetched', 'inserted', 'updated', 'deleted'] as const) {
        record.omninode_database_rows_total(row[`tup_${operation}`], { database, operation }, startMs);
      }
      record.omninode_database_conflicts_total(row.conflicts, total, startMs);
      record.omninode_database_temp_files_total(row.temp_files, total, startMs);
      record.omninode_database_temp_bytes_total(row.temp_bytes, total, startMs);
      record.omninode_database_deadlocks_total(row.deadlocks, total, startMs);
      record.omninode_database_checksum_failures_total(row.checksum_failures, total, startMs);
      record.omninode_database_block_time_seconds_total(
        seconds(row.read_time),
        { database, operation: 'read' },
        startMs,
      );
      record.omninode_database_block_time_seconds_total(
        seconds(row.write_time),
        { database, operation: 'write' },
        startMs,
      );
      record.omninode_database_session_time_seconds_total(seconds(row.session_time), total, startMs);
      record.omninode_database_active_time_seconds_total(seconds(row.active_time), total, startMs);
      record.omninode_database_idle_in_transaction_time_seconds_total(
        seconds(row.idle_in_transaction_time),
        total,
        startMs,
      );
      record.omninode_database_sessions_total(row.sessions, total, startMs);
      for (const cause of ['abandoned', 'fatal', 'killed'] as const) {
        record.omninode_database_sessions_ended_total(row[`sessions_${cause}`], { database, cause }, startMs);
      }
      record.omninode_database_parallel_workers_total(row.workers_planned, { database, step: 'planned' }, startMs);
      record.omninode_database_parallel_workers_total(row.workers_launched, { database, step: 'launched' }, startMs);
    }
    return { atMs, databases: states };
  },
});
