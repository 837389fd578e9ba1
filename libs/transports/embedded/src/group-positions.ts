import type { BusFile } from './bus-file.js';
import type { PartitionLog } from './partition-log.js';

/** Where each group goes on in each partition. */
export interface GroupPositions {
  /** `undefined`: the group has committed nothing here. */
  read(group: string, log: PartitionLog): number | undefined;
  commit(group: string, log: PartitionLog, nextOffset: number): void;
}

export function openGroupPositions(file: BusFile): GroupPositions {
  const select = file.db.prepare('select next_offset from position where consumer_group = ? and log = ?');
  const upsert = file.db.prepare('insert or replace into position (consumer_group, log, next_offset) values (?, ?, ?)');
  return {
    read: (group, log) => (select.get(group, log.id) as { next_offset: number } | undefined)?.next_offset,
    commit: (group, log, nextOffset) => file.transaction(() => void upsert.run(group, log.id, nextOffset)),
  };
}
