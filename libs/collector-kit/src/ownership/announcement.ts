import { CodedError, readRecord, targetRecord } from '@omninode/contracts';
import type { BusRecord, TargetRecord } from '@omninode/contracts';
import { errors } from '../errors.js';

/** Makes a target of an announcement. Throws a coded error that says what is wrong with it. */
export type ReadTarget<Target> = (announcement: TargetRecord) => Target | Promise<Target>;

/** What a record of the target topic says of its id: the announcement, nothing (a tombstone, another kind), or what is wrong. */
export function readAnnouncement(
  kind: string,
  record: BusRecord,
): { readonly announced?: TargetRecord; readonly problem?: Error } {
  if (record.value === null) return {};
  const read = readRecord(targetRecord, record.value);
  if (!read.ok) return { problem: unusable(record, read.detail) };
  if (read.record.id !== record.key) return { problem: unusable(record, 'its key is not its id') };
  return read.record.kind === kind ? { announced: read.record } : {};
}

/** Whether two announcements say the same: one that is only repeated is no reason to connect anew. */
export function isSame(one: TargetRecord, other: TargetRecord): boolean {
  return JSON.stringify({ ...one, time: 0 }) === JSON.stringify({ ...other, time: 0 });
}

export function unusable({ key, partition, offset }: BusRecord, problem: string, cause?: unknown): Error {
  return errors.ANNOUNCEMENT_UNREADABLE({ target: String(key), partition, offset, problem }, cause);
}

/** Why `ReadTarget` could not make a target of it. */
export function whyUnusable(record: BusRecord, error: unknown): Error {
  return unusable(record, error instanceof CodedError ? error.message : 'it can not be read', error);
}
