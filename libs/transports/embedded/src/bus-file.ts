import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { embeddedErrors, isInUse, storageError } from './errors.js';
import { applicationId, schema, schemaVersion } from './schema.js';

/**
 * What an acknowledgement survives. `process`: the death of this process, kill -9 included, because the record lies in the
 * operating system's cache by then; a power cut may take the last moments. It takes them from the end, of all topics and
 * positions together, so state and input still agree. `power`: a power cut too, for one disk flush a transaction.
 */
export type Durability = 'process' | 'power';

/** The SQLite file that holds everything, owned by this process alone. All of it is synchronous: keep transactions small. */
export interface BusFile {
  readonly path: string;
  readonly db: DatabaseSync;
  /** All of the work is in the file, or nothing. What it throws comes out coded. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Larger files are not read through at start, because that takes seconds; damage shows when it is met. */
const longestCheckBytes = 64 * 1024 * 1024;

/** Opens or makes `<folder>/mesh.db`. Throws coded errors that say what is wrong and the way out; changes nothing then. */
export function openBusFile(folder: string, durability: Durability): BusFile {
  const path = join(resolve(folder), 'mesh.db');
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const opened = (db = new DatabaseSync(path, { timeout: 0 }));
    own(opened, path, durability);
    return { path, db: opened, transaction: (work) => transaction(opened, path, work), close: () => opened.close() };
  } catch (error) {
    db?.close();
    if (isInUse(error)) throw embeddedErrors.FOLDER_IN_USE({ folder: dirname(path), pid: ownerOf(path) }, error);
    throw storageError(error, path);
  }
}

/**
 * SQLite's own exclusive lock is the lock on the folder: it goes with the process, however that one ends, so no stale lock
 * is ever in the way. Set before the first access in WAL mode it also saves the shared-memory file. What can be refused is
 * refused before the first write: a file of something else stays as it is. Nothing else in this process may open the file:
 * the first descriptor of it that is closed drops POSIX locks on it (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
 */
function own(db: DatabaseSync, path: string, durability: Durability): void {
  db.exec('pragma locking_mode = exclusive');
  const isNew = identify(db, path) === 'new';
  if (!isNew) refuseDamaged(db, path);
  db.exec('pragma journal_mode = wal; pragma journal_size_limit = 16777216; begin immediate; commit');
  db.exec(`pragma synchronous = ${durability === 'power' ? 'full' : 'normal'}`);
  if (isNew) transaction(db, path, () => db.exec(`${schema} ${mark}`));
  noteOwner(path);
}

const mark = `pragma application_id = ${applicationId}; pragma user_version = ${schemaVersion};`;

/** Only for people, to name the owner to a second process: the lock doesn't depend on it. */
function noteOwner(path: string): void {
  writeFileSync(ownerFile(path), `${process.pid}\n`);
}

function ownerOf(path: string): string {
  try {
    return readFileSync(ownerFile(path), 'utf8').trim() || 'unknown';
  } catch (error) {
    return `unknown (${(error as NodeJS.ErrnoException).code})`;
  }
}

function ownerFile(path: string): string {
  return join(dirname(path), 'mesh.pid');
}

function refuseDamaged(db: DatabaseSync, path: string): void {
  if (statSync(path).size > longestCheckBytes) return;
  const [first] = db.prepare('pragma quick_check(1)').all() as { quick_check: string }[];
  if (first?.quick_check === 'ok') return;
  throw embeddedErrors.FILE_CORRUPT({ file: path, detail: first?.quick_check ?? 'its check gave no answer' });
}

function identify(db: DatabaseSync, path: string): 'ours' | 'new' {
  const id = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (id === applicationId && version === schemaVersion) return 'ours';
  if (db.prepare('select 1 from sqlite_schema limit 1').get() === undefined) return 'new';
  const found = id === applicationId ? `in format ${version}` : 'not a bus of this product';
  throw embeddedErrors.FILE_UNKNOWN({ file: path, found, known: schemaVersion });
}

function pragma(db: DatabaseSync, name: string): number {
  return Object.values(db.prepare(`pragma ${name}`).get()!)[0] as number;
}

function transaction<T>(db: DatabaseSync, path: string, work: () => T): T {
  try {
    db.exec('begin immediate');
    const result = work();
    db.exec('commit');
    return result;
  } catch (error) {
    // After some failures (a full disk is one) SQLite has rolled back by itself.
    if (db.isOpen && db.isTransaction) db.exec('rollback');
    throw storageError(error, path);
  }
}
