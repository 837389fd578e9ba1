import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';
import { assertSeesSessions } from '../server/server-facts.js';

const stages = ['sent', 'written', 'flushed', 'replayed'] as const;
const times = ['written', 'flushed', 'replayed'] as const;
/** https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW */
const states = ['streaming', 'catchup', 'startup', 'backup', 'stopping'] as const;

type Row = Readonly<Record<`${(typeof stages)[number]}_bytes` | `${(typeof times)[number]}_seconds`, Text | null>> & {
  readonly in_recovery: Text;
  /** `null` on the one row of a server that nobody replicates from. */
  readonly replica: Text | null;
  readonly state: Text | null;
  readonly connections: Text;
  readonly synchronous: Text;
  /** Of a replica: whether its receiver streams, when that last heard of the primary, what is received and not replayed. */
  readonly is_receiving: Text | null;
  readonly silence: Text | null;
  readonly backlog: Text | null;
  readonly replay_age: Text | null;
  readonly is_paused: Text | null;
};

/**
 * How far replicas are behind: as the server that they copy from sees them, and as a replica sees itself. Its role is asked in
 * each statement, for a failover changes it under an open connection, and a replica refuses to tell its current WAL position.
 */
export const replication = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'replication',
  lane: 'fast',
  openLabels: ['replica'],
  maxLabelSets: 50,
  metrics: {
    omninode_database_replicas: gauge('replicas', 'Connections of replicas and other receivers of WAL, by state.', [
      'state',
    ]),
    omninode_database_replicas_synchronous: gauge(
      'replicas',
      'Replicas that a commit waits for, or may wait for as one of a quorum.',
    ),
    omninode_database_replication_lag_bytes: gauge(
      'bytes',
      'WAL that a replica has not been sent, has not written, flushed or replayed. Of several with one application_name the furthest behind.',
      ['replica', 'stage'],
    ),
    omninode_database_replication_lag_seconds: gauge(
      'seconds',
      'How long the latest WAL took until the replica had written, flushed or replayed it. Absent while a replica that has caught up has nothing to do.',
      ['replica', 'stage'],
    ),
    omninode_database_wal_receiver_connected: gauge(
      'boolean',
      'Whether this replica streams from its primary now. Absent on a primary.',
    ),
    omninode_database_wal_receiver_silence_seconds: gauge(
      'seconds',
      'Time since this replica last heard from its primary. Absent on a primary, and while no receiver runs.',
    ),
    omninode_database_replay_lag_bytes: gauge(
      'bytes',
      'WAL that this replica has received and not replayed. Absent on a primary, and where none was streamed.',
    ),
    omninode_database_replay_age_seconds: gauge(
      'seconds',
      'Time since the commit of the newest transaction that this replica has replayed: it grows while the primary has nothing to do, and when the link is broken. Absent on a primary, and before the first.',
    ),
    omninode_database_replay_delay_seconds: gauge(
      'seconds',
      'How far this replica is behind what it has received: 0 when all of it is replayed, else the age of its newest transaction. Absent on a primary, and while it does not stream, for then nobody here can say.',
    ),
    omninode_database_replay_paused: gauge(
      'boolean',
      'Whether replay is paused or asked to pause. Absent on a primary.',
    ),
  },

  query: (server) => {
    assertSeesSessions(server);
    return `
    select own.*, sender.*
    from (
      select pg_is_in_recovery() as in_recovery,
             case when pg_is_in_recovery() then receiver.status is not distinct from 'streaming' end as is_receiving,
             extract(epoch from clock_timestamp() - receiver.last_msg_receipt_time) as silence,
             case when pg_is_in_recovery()
                  then pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) end as backlog,
             case when pg_is_in_recovery()
                  then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end as replay_age,
             case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() <> 'not paused' end as is_paused
      from (select) as one left join pg_stat_wal_receiver as receiver on true
    ) as own
    left join (
      select application_name as replica, state, count(*) as connections,
             count(*) filter (where sync_state in ('sync', 'quorum')) as synchronous,
             max(pg_wal_lsn_diff(position.lsn, sent_lsn)) as sent_bytes,
             max(pg_wal_lsn_diff(position.lsn, write_lsn)) as written_bytes,
             max(pg_wal_lsn_diff(position.lsn, flush_lsn)) as flushed_bytes,
             max(pg_wal_lsn_diff(position.lsn, replay_lsn)) as replayed_bytes,
             extract(epoch from max(write_lag)) as written_seconds,
             extract(epoch from max(flush_lag)) as flushed_seconds,
             extract(epoch from max(replay_lag)) as replayed_seconds
      from pg_stat_replication
      cross join (
        select case when pg_is_in_recovery()
                    then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                    else pg_current_wal_lsn() end as lsn
      ) as position
      group by application_name, state
    ) as sender on true`;
  },

  toMeasurements(rows, record) {
    const senders = rows.filter(({ replica }) => replica !== null);
    for (const state of states) {
      const those = senders.filter((row) => row.state === state);
      record.omninode_database_replicas(sum(those, 'connections'), { state });
    }
    record.omninode_database_replicas_synchronous(sum(senders, 'synchronous'));
    for (const [replica, own] of Map.groupBy(senders, (row) => row.replica as string)) {
      for (const stage of stages) {
        record.omninode_database_replication_lag_bytes(greatest(own, `${stage}_bytes`), { replica, stage });
      }
      for (const stage of times) {
        record.omninode_database_replication_lag_seconds(greatest(own, `${stage}_seconds`), { replica, stage });
      }
    }

    const [here] = rows;
    if (!here || here.in_recovery !== 't') return;
    const isReceiving = here.is_receiving === 't';
    record.omninode_database_wal_receiver_connected(Number(isReceiving));
    record.omninode_database_wal_receiver_silence_seconds(here.silence);
    record.omninode_database_replay_lag_bytes(here.backlog);
    record.omninode_database_replay_age_seconds(here.replay_age);
    if (isReceiving) record.omninode_database_replay_delay_seconds(here.backlog === '0' ? 0 : here.replay_age);
    record.omninode_database_replay_paused(here.is_paused === null ? null : Number(here.is_paused === 't'));
  },
});

function sum(rows: readonly Row[], field: 'connections' | 'synchronous'): number {
  return rows.reduce((total, row) => total + Number(row[field]), 0);
}

/** The greatest that is told; `undefined` when none is. A position can be a little older than the one it is compared with. */
function greatest(rows: readonly Row[], field: keyof Row): number | undefined {
  const told = rows.flatMap((row) => (row[field] === null ? [] : Number(row[field])));
  return told.length > 0 ? Math.max(0, ...told) : undefined;
}
