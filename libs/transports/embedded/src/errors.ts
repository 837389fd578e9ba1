import { dirname } from 'node:path';
import { CodedError, defineErrors } from '@omninode/contracts';

export const embeddedErrors = defineErrors({
  FOLDER_IN_USE: {
    phase: 'configuration',
    retryable: false,
    message:
      'The data folder {folder} is in use by process {pid}. Stop that process, or give this one a folder of its own: OMNINODE_DATA_DIR=….',
  },
  FOLDER_UNWRITABLE: {
    phase: 'configuration',
    retryable: false,
    message:
      'The data folder {folder} can not be written ({detail}). Change who owns it, or choose another: OMNINODE_DATA_DIR=….',
  },
  FILE_CORRUPT: {
    phase: 'storage',
    retryable: false,
    message:
      '{file} is damaged ({detail}). Nothing was changed. Restore it from a copy, or move it away to start anew ' +
      '(mkdir {file}.damaged && mv {file} {file}-* {file}.damaged/): what the aggregator knew, alerts, announced targets ' +
      'and records that were not read yet are lost with it.',
  },
  FILE_UNKNOWN: {
    phase: 'storage',
    retryable: false,
    message:
      '{file} is {found}; this version reads format {known}. Nothing was changed. Start the version that wrote it, ' +
      'or choose another folder: OMNINODE_DATA_DIR=….',
  },
  DISK_FULL: {
    phase: 'storage',
    retryable: true,
    message:
      'There is no room on the disk of {file}. Free some: what was acknowledged is kept, and writing goes on once there is room.',
  },
  STORAGE_FAILED: {
    phase: 'storage',
    retryable: true,
    message: '{file} could not be read or written ({detail}). If it stays so, check the disk that it lies on.',
  },
  CLOSE_TIMED_OUT: {
    phase: 'bus',
    retryable: false,
    message: 'Handlers did not end within {timeoutMs} ms of closing the bus. What they had in hand is delivered again.',
  },
});

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const sqlite = { busy: 5, locked: 6, readOnly: 8, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** SQLite's extended code when the file can't be locked: it may only be read, or its file system has no locks. */
const cannotLock = 3850;

/** The coded error behind what SQLite or the file system threw about the file. Coded errors pass unchanged. */
export function storageError(error: unknown, file: string): CodedError {
  if (error instanceof CodedError) return error;
  const { primary, extended, code, detail } = reasonOf(error);
  if (primary === sqlite.full || code === 'ENOSPC') return embeddedErrors.DISK_FULL({ file }, error);
  if (primary === sqlite.corrupt || primary === sqlite.notADatabase)
    return embeddedErrors.FILE_CORRUPT({ file, detail }, error);
  if (extended === cannotLock)
    return embeddedErrors.FOLDER_UNWRITABLE({ folder: dirname(file), detail: 'its file can not be locked' }, error);
  if (primary === sqlite.cannotOpen || primary === sqlite.readOnly || code.startsWith('E'))
    return embeddedErrors.FOLDER_UNWRITABLE({ folder: dirname(file), detail }, error);
  return embeddedErrors.STORAGE_FAILED({ file, detail }, error);
}

/** Whether SQLite answered that another connection holds the file. */
export function isInUse(error: unknown): boolean {
  const { primary } = reasonOf(error);
  return primary === sqlite.busy || primary === sqlite.locked;
}

/** node:sqlite gives SQLite's extended code; its low byte is the primary one. `code` is the file system's. */
function reasonOf(error: unknown): { primary: number; extended: number; code: string; detail: string } {
  const { errcode, errstr, code, message } = error as {
    errcode?: number;
    errstr?: string;
    code?: string;
    message?: string;
  };
  const isSystem = errcode === undefined && code !== undefined && !code.startsWith('ERR_');
  return {
    primary: (errcode ?? 0) & 0xff,
    extended: errcode ?? 0,
    code: isSystem ? code : '',
    detail: errstr ?? (isSystem ? code : message) ?? 'no reason given',
  };
}
