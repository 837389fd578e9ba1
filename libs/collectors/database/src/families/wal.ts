import { defineFamily } from '@omninode/collector-kit';
import { counter } from '@omninode/contracts';
import { countedGroups, counterGroupsSchema, startOf } from '../server/counter-groups.js';
import { seconds } from '../server/seconds.js';
import type { DatabaseQuery, Text } from '../server/database-query.js';

interface Row {
  readonly records: Text;
  readonly full_page_images: Text;
  readonly bytes: Text;
  readonly buffers_full: Text;
  readonly reset: Text | null;
  readonly writes: Text | null;
  readonly syncs: Text | null;
  /** ms; `null` while track_wal_io_timing is off. */
  readonly write_time: Text | null;
  readonly sync_time: Text | null;
  readonly io_reset: Text | null;
  readonly started: Text;
}

/**
 * How much WAL the server makes, and what writing it costs. Source: pg_stat_wal; from 18 on its writes and syncs are in
 * pg_stat_io (https://www.postgresql.org/docs/18/release-18.html). New segments that are only filled with zeros don't count.
 */
export const wal = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'wal',
  lane: 'medium',
  metrics: {
    omninode_database_wal_records_total: counter('records', 'WAL records.'),
    omninode_database_wal_full_page_images_total: counter(
      'blocks',
      'Whole pages in the WAL: the first change of each page after a checkpoint writes one.',
    ),
    omninode_database_wal_bytes_total: counter('bytes', 'WAL, full page images included.'),
    omninode_database_wal_buffers_full_total: counter(
      'events',
      'Times that WAL had to be written because the WAL buffers were full.',
    ),
    omninode_database_wal_writes_total: counter('operations', 'Writes of WAL to disk.'),
    omninode_database_wal_syncs_total: counter('operations', 'Times that WAL was synced to disk.'),
    omninode_database_wal_time_seconds_total: counter(
      'seconds',
      'Time spent to write or sync WAL. Absent while track_wal_io_timing is off.',
      ['step'],
    ),
  },

  query: ({ version }) => (version >= 180_000 ? queryOf18 : queryOf14),

  parseMemory: (json) => counterGroupsSchema.safeParse(json).data,

  toMeasurements([row], record, { atMs, memory }) {
    if (!row) return;
    const { started, reset } = row;
    const groups = {
      wal: { values: [row.records, row.bytes], reset },
      io: { values: [row.writes, row.syncs], reset: row.io_reset },
    };
    const counted = countedGroups({ atMs, started, groups }, memory);
    const [walStart, ioStart] = [startOf(counted, 'wal'), startOf(counted, 'io')];
    record.omninode_database_wal_records_total(row.records, walStart);
    record.omninode_database_wal_full_page_images_total(row.full_page_images, walStart);
    record.omninode_database_wal_bytes_total(row.bytes, walStart);
    record.omninode_database_wal_buffers_full_total(row.buffers_full, walStart);
    record.omninode_database_wal_writes_total(row.writes, ioStart);
    record.omninode_database_wal_syncs_total(row.syncs, ioStart);
    record.omninode_database_wal_time_seconds_total(seconds(row.write_time), { step: 'write' }, ioStart);
    record.omninode_database_wal_time_seconds_total(seconds(row.sync_time), { step: 'sync' }, ioStart);
    return counted;
  },
});

const queryOf14 = `
  select wal_records as records, wal_fpi as full_page_images, wal_bytes as bytes, wal_buffers_full as buffers_full,
         extract(epoch from stats_reset) as reset, wal_write as writes, wal_sync as syncs,
         case when current_setting('track_wal_io_timing')::bool then wal_write_time end as write_time,
         case when current_setting('track_wal_io_timing')::bool then wal_sync_time end as sync_time,
         extract(epoch from stats_reset) as io_reset, extract(epoch from pg_postmaster_start_time()) as started
  from pg_stat_wal`;

const queryOf18 = `
  select wal_records as records, wal_fpi as full_page_images, wal_bytes as bytes, wal_buffers_full as buffers_full,
         extract(epoch from stats_reset) as reset, io.writes, io.syncs, io.write_time, io.sync_time, io.io_reset,
         extract(epoch from pg_postmaster_start_time()) as started
  from pg_stat_wal
  cross join (
    select sum(writes) as writes, sum(fsyncs) as syncs,
           case when current_setting('track_wal_io_timing')::bool then sum(write_time) end as write_time,
           case when current_setting('track_wal_io_timing')::bool then sum(fsync_time) end as sync_time,
           extract(epoch from max(stats_reset)) as io_reset
    from pg_stat_io
    where object = 'wal' and context = 'normal'
  ) as io`;
