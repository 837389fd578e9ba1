import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { countedGroups, counterGroupsSchema, startOf } from '../server/counter-groups.js';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { seconds } from '../server/seconds.js';

/** `null`: unknown to the server's version. */
type Column =
  | 'done'
  | 'restartpoints_timed'
  | 'restartpoints_requested'
  | 'restartpoints_done'
  | 'by_backends'
  | 'syncs_by_backends';

type Row = Readonly<Record<Column, Text | null>> & {
  readonly timed: Text;
  readonly requested: Text;
  /** ms. */
  readonly write_time: Text;
  readonly sync_time: Text;
  readonly by_checkpointer: Text;
  readonly by_writer: Text;
  readonly halts: Text;
  readonly allocated: Text;
  readonly checkpointer_reset: Text | null;
  readonly writer_reset: Text | null;
  readonly backends_reset: Text | null;
  readonly started: Text;
};

/**
 * Who writes dirty buffers to disk, and how often a checkpoint has to. Sources: pg_stat_bgwriter; from 17 on pg_stat_checkpointer
 * and, for what backends had to write themselves, pg_stat_io (https://www.postgresql.org/docs/17/release-17.html).
 */
export const checkpoints = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'checkpoints',
  lane: 'medium',
  metrics: {
    omninode_database_checkpoints_total: counter(
      'events',
      'Checkpoints that were due: timed by checkpoint_timeout, requested by max_wal_size or by command. Many requested ones say that max_wal_size is small.',
      ['trigger'],
    ),
    omninode_database_checkpoints_done_total: counter(
      'events',
      'Checkpoints that were done: on an idle server the timed ones are left out. Absent before PostgreSQL 18.',
    ),
    omninode_database_restartpoints_total: counter(
      'events',
      'The same on a replica: timed, requested, done. Absent before PostgreSQL 17.',
      ['step'],
    ),
    omninode_database_checkpoint_time_seconds_total: counter(
      'seconds',
      'Time that checkpoints and restartpoints spent to write files and to sync them.',
      ['step'],
    ),
    omninode_database_buffers_written_total: counter(
      'blocks',
      'Dirty buffers written, and blocks added to files, by who did it: checkpointer, background_writer, backend (which had better use for its time).',
      ['writer'],
    ),
    omninode_database_backend_syncs_total: counter(
      'operations',
      'Files that backends had to sync themselves because the queue of the checkpointer was full: 0 on a healthy server.',
    ),
    omninode_database_background_writer_halts_total: counter(
      'events',
      'Times that the background writer stopped early because it had written bgwriter_lru_maxpages.',
    ),
    omninode_database_buffers_allocated_total: counter('blocks', 'Shared buffers given to another block.'),
  },

  query: ({ version }) => (version >= 170_000 ? queryOf17(version) : queryOf14),

  parseMemory: (json) => counterGroupsSchema.safeParse(json).data,

  toMeasurements([row], record, { atMs, memory }) {
    if (!row) return;
    const groups = {
      checkpointer: { values: [row.timed, row.requested, row.by_checkpointer], reset: row.checkpointer_reset },
      writer: { values: [row.by_writer, row.halts, row.allocated], reset: row.writer_reset },
      backends: { values: [row.by_backends, row.syncs_by_backends], reset: row.backends_reset },
    };
    const counted = countedGroups({ atMs, started: row.started, groups }, memory);
    const ofCheckpointer = startOf(counted, 'checkpointer');
    const ofWriter = startOf(counted, 'writer');
    const ofBackends = startOf(counted, 'backends');
    record.omninode_database_checkpoints_total(row.timed, { trigger: 'timed' }, ofCheckpointer);
    record.omninode_database_checkpoints_total(row.requested, { trigger: 'requested' }, ofCheckpointer);
    record.omninode_database_checkpoints_done_total(row.done, ofCheckpointer);
    for (const step of ['timed', 'requested', 'done'] as const) {
      record.omninode_database_restartpoints_total(row[`restartpoints_${step}`], { step }, ofCheckpointer);
    }
    for (const step of ['write', 'sync'] as const) {
      record.omninode_database_checkpoint_time_seconds_total(seconds(row[`${step}_time`]), { step }, ofCheckpointer);
    }
    record.omninode_database_buffers_written_total(row.by_checkpointer, { writer: 'checkpointer' }, ofCheckpointer);
    record.omninode_database_buffers_written_total(row.by_writer, { writer: 'background_writer' }, ofWriter);
    record.omninode_database_buffers_written_total(row.by_backends, { writer: 'backend' }, ofBackends);
    record.omninode_database_backend_syncs_total(row.syncs_by_backends, ofBackends);
    record.omninode_database_background_writer_halts_total(row.halts, ofWriter);
    record.omninode_database_buffers_allocated_total(row.allocated, ofWriter);
    return counted;
  },
});

const queryOf14 = `
  select checkpoints_timed as timed, checkpoints_req as requested, null as done, null as restartpoints_timed,
         null as restartpoints_requested, null as restartpoints_done, checkpoint_write_time as write_time,
         checkpoint_sync_time as sync_time, buffers_checkpoint as by_checkpointer, buffers_clean as by_writer,
         buffers_backend as by_backends, buffers_backend_fsync as syncs_by_backends, maxwritten_clean as halts,
         buffers_alloc as allocated, extract(epoch from stats_reset) as checkpointer_reset,
         extract(epoch from stats_reset) as writer_reset, extract(epoch from stats_reset) as backends_reset,
         extract(epoch from pg_postmaster_start_time()) as started
  from pg_stat_bgwriter`;

/** pg_stat_io counts blocks in 17. From 18 on one operation can be of several, and the bytes are told instead. */
function queryOf17(version: number): string {
  const written =
    version >= 180_000
      ? `div(sum(write_bytes) + sum(extend_bytes), current_setting('block_size')::numeric)`
      : 'sum(writes) + sum(extends)';
  return `
  select checkpointer.num_timed as timed, checkpointer.num_requested as requested,
         ${version >= 180_000 ? 'checkpointer.num_done' : 'null'} as done, checkpointer.restartpoints_timed,
         checkpointer.restartpoints_req as restartpoints_requested, checkpointer.restartpoints_done,
         checkpointer.write_time, checkpointer.sync_time, checkpointer.buffers_written as by_checkpointer,
         writer.buffers_clean as by_writer, io.by_backends, io.syncs_by_backends, writer.maxwritten_clean as halts,
         writer.buffers_alloc as allocated, extract(epoch from checkpointer.stats_reset) as checkpointer_reset,
         extract(epoch from writer.stats_reset) as writer_reset, io.backends_reset,
         extract(epoch from pg_postmaster_start_time()) as started
  from pg_stat_checkpointer as checkpointer
  cross join pg_stat_bgwriter as writer
  cross join (
    select ${written} as by_backends, sum(fsyncs) as syncs_by_backends,
           extract(epoch from max(stats_reset)) as backends_reset
    from pg_stat_io
    where object = 'relation'
      and backend_type not in ('checkpointer', 'background writer', 'startup', 'standalone backend')
  ) as io`;
}
