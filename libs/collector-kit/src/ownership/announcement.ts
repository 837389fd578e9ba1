import { CodedError } from '@omninode/contracts';
import type { BusRecord } from '@omninode/contracts';
import { errors } from '../errors.js';

export interface Announcements<Target> {
  /** Makes a target of an announcement of this kind. Throws a coded error that says what is wrong with it. */
  readonly parseAnnouncement: (id: string, announcement: Readonly<Record<string, unknown>>) => Target;
}

/** The target that a record announces: none for a tombstone and for other kinds, a problem for what can't be used. */
export function readAnnouncement<Target>(
  { parseAnnouncement }: Announcements<Target>,
  kind: string,
  id: string,
  { partition, offset, value }: BusRecord,
): { readonly target?: Target; readonly problem?: Error } {
  if (value === null) return {};
  try {
    const announcement = JSON.parse(value.toString()) as Readonly<Record<string, unknown>> | null;
    if (announcement?.kind !== kind) return {};
    return { target: parseAnnouncement(id, announcement) };
  } catch (error) {
    const problem = error instanceof CodedError ? error.message : 'it is not JSON.';
    return { problem: errors.ANNOUNCEMENT_UNREADABLE({ target: id, partition, offset, problem }, error) };
  }
}
