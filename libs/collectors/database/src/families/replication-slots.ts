import { defineFamily } from '@omninode/collector-kit';
import { gauge } from '@omninode/contracts';
import type { DatabaseQuery, Text } from '../server/database-query.js';

interface Row {
  readonly max: Text;
  /** `null` on the one row of a server without slots. */
  readonly slot: Text | null;
  readonly kind: Text | null;
  readonly is_active: Text | null;
  readonly wal_status: Text | null;
  readonly retained: Text | null;
  readonly safe: Text | null;
  readonly inactive: Text | null;
  readonly is_invalid: Text | null;
}

/** https://www.postgresql.org/docs/current/view-pg-replication-slots.html */
const walStatuses = ['reserved', 'extended', 'unreserved', 'lost'] as const;
const kinds = ['physical', 'logical'] as const;

/** What slots hold back: a forgotten one fills the disk. Source: pg_replication_slots, which every role may read. */
export const replicationSlots = defineFamily<DatabaseQuery, readonly Row[]>()({
  name: 'replication-slots',
  lane: 'medium',
  openLabels: ['slot'],
  maxLabelSets: 50,
  metrics: {
    omninode_database_slots: gauge('slots', 'Replication slots, by kind: physical or logical.', ['kind']),
    omninode_database_slots_max: gauge('slots', 'Replication slots that there may be: max_replication_slots.'),
    omninode_database_slot_active: gauge('boolean', 'Whether somebody reads from the slot now.', ['slot']),
    omninode_database_slot_retained_bytes: gauge(
      'bytes',
      'WAL that the server keeps for the slot. Absent for a slot that keeps none: one that was never used, or has lost its WAL.',
      ['slot'],
    ),
    omninode_database_slot_safe_bytes: gauge(
      'bytes',
      'WAL that may be written before the slot is in danger to lose what it needs. Absent while max_slot_wal_keep_size is not set, and for a slot that is lost.',
      ['slot'],
    ),
    omninode_database_slot_wal_status: gauge(
      'boolean',
      'Whether the WAL that the slot needs is there: 1 for the status that it has, 0 for the others: reserved, extended (beyond max_wal_size), unreserved (about to go), lost. Absent for a slot that was never used.',
      ['slot', 'status'],
    ),
    omninode_database_slot_inactive_seconds: gauge(
      'seconds',
      'Time since somebody last read from the slot. Absent for an active slot, and before PostgreSQL 17.',
      ['slot'],
    ),
    omninode_database_slot_invalid: gauge(
      'boolean',
      'Whether the slot was invalidated, so that its reader has to be made anew. Absent before PostgreSQL 17.',
      ['slot'],
    ),
  },

  query: ({ version }) => `
    select current_setting('max_replication_slots') as max, slot.slot_name as slot, slot.slot_type as kind,
           slot.active as is_active, slot.wal_status, pg_wal_lsn_diff(position.lsn, slot.restart_lsn) as retained,
           slot.safe_wal_size as safe,
           ${version >= 170_000 ? 'extract(epoch from clock_timestamp() - slot.inactive_since)' : 'null'} as inactive,
           ${version >= 170_000 ? 'slot.slot_name is not null and slot.invalidation_reason is not null' : 'null'} as is_invalid
    from (
      select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as lsn
    ) as position
    left join pg_replication_slots as slot on true`,

  toMeasurements(rows, record) {
    record.omninode_database_slots_max(rows[0]?.max);
    for (const kind of kinds) record.omninode_database_slots(rows.filter((row) => row.kind === kind).length, { kind });
    for (const { slot, is_active, wal_status, retained, safe, inactive, is_invalid } of rows) {
      if (slot === null) continue;
      record.omninode_database_slot_active(Number(is_active === 't'), { slot });
      record.omninode_database_slot_retained_bytes(retained, { slot });
      record.omninode_database_slot_safe_bytes(safe, { slot });
      for (const status of wal_status === null ? [] : walStatuses) {
        record.omninode_database_slot_wal_status(Number(wal_status === status), { slot, status });
      }
      record.omninode_database_slot_inactive_seconds(inactive, { slot });
      record.omninode_database_slot_invalid(is_invalid === null ? null : Number(is_invalid === 't'), { slot });
    }
  },
});
