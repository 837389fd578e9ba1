import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodedError } from '@omninode/contracts';
import { historyErrors } from './errors.js';

/** Writes a file of a folder whole or not at all: under another name first, on the disk, then renamed. Rejects with a coded error. */
export async function writeWhole(folder: string, name: string, text: string, signal: AbortSignal): Promise<void> {
  const temporary = join(folder, `.${name}.${process.pid}.tmp`);
  try {
    signal.throwIfAborted();
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(text, { encoding: 'utf8', signal });
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    // A full disk is not to be kept full by what could not be finished; what went wrong is told, not this.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, folder);
  }
}

/** The coded error behind what the file system threw about a folder. */
export function fileError(error: unknown, folder: string): CodedError {
  const { code = 'unknown' } = error as { code?: string };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return historyErrors.REPORT_FOLDER_MISSING({ folder }, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return historyErrors.REPORT_FOLDER_READ_ONLY({ folder, code }, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return historyErrors.REPORT_DISK_FULL({ folder, code }, error);
    default:
      return historyErrors.REPORT_NOT_WRITTEN({ folder, code }, error);
  }
}
