import { join } from 'node:path';
import { errorCode } from '@omninode/contracts';
import { publisherErrors } from '../errors.js';

export interface SpoolLock {
  release(): void;
}

/**
 * Locks a spool folder for this process; `null` when a living process holds it. The lock is SQLite's exclusive one on an
 * empty file, which is a lock of the kernel: it ends with the process, however that ends, so a dead process' spool is
 * free at once and a reused pid means nothing. A file with a pid in it would be wrong after kill -9 and between
 * containers that share the folder; a socket file outlives its process and can't be replaced without a race. The file is
 * never deleted: who deletes a lock file takes it away from a process that has just opened it.
 */
export async function lockSpool(folder: string): Promise<SpoolLock | null> {
  // Imported when needed: a service that embeds the client without a spool may run on a Node without node:sqlite.
  const { DatabaseSync } = await import('node:sqlite');
  try {
    const database = new DatabaseSync(join(folder, 'lock'));
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      if ((error as { errcode?: number }).errcode === busy) return null;
      throw error;
    }
    return { release: () => database.close() };
  } catch (error) {
    throw publisherErrors.SPOOL_UNAVAILABLE({ folder, detail: errorCode(error) }, error);
  }
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const busy = 5;
