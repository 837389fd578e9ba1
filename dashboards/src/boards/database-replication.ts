import { levelsOf } from '../alert-rules.js';
import { charts, type Row } from '../board.js';
import { oneIsGood } from '../panels/mappings.js';
import { lines, states } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, sum } from '../promql/expression.js';
import { gauge } from '../promql/series.js';
import { ofTarget } from './either.js';

export const replication: Row = {
  title: 'Replication',
  lines: [
    charts(
      lines({
        title: 'Replicas by state',
        description: 'Connections of receivers of WAL to this server.',
        unit: unit.count,
        isStacked: true,
        queries: [query(sum(gauge('omninode_database_replicas', ofTarget), 'target', 'state'), '{{target}} {{state}}')],
      }),
      lines({
        title: 'Lag of replicas, as the primary sees it',
        description: 'WAL that a replica has not been sent, has not written, flushed or replayed.',
        unit: unit.bytes,
        alerts: ['DatabaseReplicationLag'],
        queries: [
          query(
            max(gauge('omninode_database_replication_lag_bytes', ofTarget), 'target', 'replica', 'stage'),
            '{{target}} {{replica}} {{stage}}',
          ),
        ],
      }),
      lines({
        title: 'Lag of a replica, as it says itself',
        description: 'Absent on a primary, and while the replica does not stream.',
        unit: unit.seconds,
        levels: levelsOf('DatabaseReplicationLag'),
        alerts: ['DatabaseReplicationLag'],
        queries: [query(max(gauge('omninode_database_replay_delay_seconds', ofTarget), 'target'), '{{target}}')],
      }),
    ),
    charts(
      states({
        title: 'Replicas that stream',
        description: 'Whether the replica streams from its primary.',
        unit: unit.count,
        mappings: oneIsGood('does not stream', 'streams'),
        alerts: ['DatabaseReplicaDisconnected'],
        queries: [query(max(gauge('omninode_database_wal_receiver_connected', ofTarget), 'target'), '{{target}}')],
      }),
      lines({
        title: 'WAL kept for slots',
        description: 'A slot that nobody reads fills the disk.',
        unit: unit.bytes,
        queries: [
          query(max(gauge('omninode_database_slot_retained_bytes', ofTarget), 'target', 'slot'), '{{target}} {{slot}}'),
        ],
      }),
      lines({
        title: 'Transactions that vacuum has to keep rows for',
        description: 'By who looks back so far.',
        unit: unit.count,
        queries: [
          query(max(gauge('omninode_database_horizon_age', ofTarget), 'target', 'cause'), '{{target}} {{cause}}'),
        ],
      }),
    ),
  ],
};
