import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { BusRecord, CodedError } from '@omninode/contracts';
import { embeddedErrors } from './errors.js';

/** A record whose topic and partition are known. */
export interface Placed {
  readonly topic: number;
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer | null;
  /** JSON of the headers. */
  readonly headers: string;
}

export interface TopicRow {
  readonly id: number;
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: string;
}

/** A record is found by its topic, partition and offset; compaction finds it by its key. */
const schema = `
  create table if not exists topics (
    id integer primary key, name text not null unique, partitions integer not null, cleanup text not null);
  create table if not exists ends (
    topic integer not null, partition integer not null, next_offset integer not null, primary key (topic, partition)) without rowid;
  create table if not exists records (
    topic integer not null, partition integer not null, offset integer not null, key text not null, value blob,
    headers text not null, time integer not null);
  create unique index if not exists records_by_offset on records (topic, partition, offset);
  create table if not exists positions (
    consumer_group text not null, topic integer not null, partition integer not null, offset integer not null,
    primary key (consumer_group, topic, partition)) without rowid;`;

/**
 * The SQLite file that holds everything. All of it is synchronous, so callers keep their transactions small.
 *
 * WAL with synchronous=NORMAL: a commit survives the death of the process; a power cut may take the last ones.
 * The exclusive lock is SQLite's own: it goes with the process, however that one ends, so no stale lock is ever in the way.
 */
export class LogFile {
  readonly file: string;
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(folder: string, durability: 'process' | 'power' = 'process') {
    this.file = join(folder, 'mesh.db');
    const ownerFile = join(folder, 'mesh.pid');
    try {
      mkdirSync(folder, { recursive: true });
      this.database = new DatabaseSync(this.file, { timeout: 0 });
      this.database.exec(`
        pragma locking_mode = exclusive; pragma journal_mode = wal;
        pragma synchronous = ${durability === 'power' ? 'full' : 'normal'}; pragma wal_autocheckpoint = 1000;
        begin immediate; ${schema} commit;`);
      // Only for people: who holds the lock.
      writeFileSync(ownerFile, `${process.pid}\n`);
    } catch (error) {
      throw openingFailure(error, { folder, file: this.file, ownerFile });
    }
  }

  /** Runs the work in one transaction: all of it is in the file, or nothing. */
  transaction<T>(work: () => T): T {
    return this.guarded(() => {
      this.database.exec('begin immediate');
      try {
        const result = work();
        this.database.exec('commit');
        return result;
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('rollback');
        throw error;
      }
    });
  }

  topics(): TopicRow[] {
    return this.all<TopicRow>('select id, name, partitions, cleanup from topics');
  }

  createTopic(name: string, partitions: number, cleanup: string): void {
    const { lastInsertRowid } = this.statement('insert into topics (name, partitions, cleanup) values (?, ?, ?)').run(
      name,
      partitions,
      cleanup,
    );
    for (let partition = 0; partition < partitions; partition++) {
      this.statement('insert into ends (topic, partition, next_offset) values (?, ?, 0)').run(
        lastInsertRowid,
        partition,
      );
    }
  }

  /** Appends within a transaction; returns the record's offset. */
  append({ topic, partition, key, value, headers }: Placed, timeMs: number): number {
    const advance = this.statement(
      'update ends set next_offset = next_offset + 1 where topic = ? and partition = ? returning next_offset',
    );
    const { next_offset: next } = advance.get(topic, partition) as { next_offset: number };
    const insert = this.statement(
      'insert into records (topic, partition, offset, key, value, headers, time) values (?, ?, ?, ?, ?, ?, ?)',
    );
    insert.run(topic, partition, next - 1, key, value, headers, timeMs);
    return next - 1;
  }

  /** Records from an offset on, at most `maxRecords`, and no more after the one that passes `maxBytes`. */
  read(topic: TopicRow, partition: number, from: number, maxRecords: number, maxBytes: number): BusRecord[] {
    return this.guarded(() => {
      const select = this.statement(
        'select offset, key, value, headers, time from records where topic = ? and partition = ? and offset >= ? order by offset limit ?',
      );
      const records: BusRecord[] = [];
      let bytes = 0;
      for (const row of select.iterate(topic.id, partition, from, maxRecords)) {
        const record = toBusRecord(topic.name, partition, row as unknown as RecordRow);
        records.push(record);
        bytes += (record.value?.length ?? 0) + 200;
        if (bytes >= maxBytes) break;
      }
      return records;
    });
  }

  /** The offset that the next record gets. */
  end(topic: number, partition: number): number {
    return (
      this.one<{ end: number }>(
        'select next_offset as end from ends where topic = ? and partition = ?',
        topic,
        partition,
      )?.end ?? 0
    );
  }

  position(group: string, topic: number, partition: number): number | undefined {
    return this.one<{ offset: number }>(
      'select offset from positions where consumer_group = ? and topic = ? and partition = ?',
      group,
      topic,
      partition,
    )?.offset;
  }

  setPosition(group: string, topic: number, partition: number, offset: number): void {
    this.guarded(() =>
      this.statement(
        'insert into positions (consumer_group, topic, partition, offset) values (?, ?, ?, ?) on conflict do update set offset = excluded.offset',
      ).run(group, topic, partition, offset),
    );
  }

  /** Deletes up to `limit` of the oldest records from before the time. */
  deleteBefore(topic: number, timeMs: number, limit: number): number {
    return this.change(
      'delete from records where rowid in (select rowid from records where topic = ? and time < ? order by rowid limit ?)',
      topic,
      timeMs,
      limit,
    );
  }

  /** Deletes up to `limit` records that a later one with the same key has replaced, and tombstones from before `tombstonesBeforeMs`. */
  compact(topic: number, notAfterMs: number, tombstonesBeforeMs: number, limit: number): number {
    return this.change(
      `delete from records where rowid in (
         select id from (
           select rowid as id, time, value is null as is_tombstone,
                  row_number() over (partition by partition, key order by offset desc) as age
           from records where topic = ?1)
         where (age > 1 and time <= ?2) or (is_tombstone and time < ?3) limit ?4)`,
      topic,
      notAfterMs,
      tombstonesBeforeMs,
      limit,
    );
  }

  close(): void {
    this.database.close();
  }

  private change(sql: string, ...values: number[]): number {
    return this.guarded(() => Number(this.statement(sql).run(...values).changes));
  }

  private one<Row>(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.guarded(() => this.statement(sql).get(...values) as Row | undefined);
  }

  private all<Row>(sql: string): Row[] {
    return this.guarded(() => this.statement(sql).all() as Row[]);
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) this.statements.set(sql, (statement = this.database.prepare(sql)));
    return statement;
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storageFailure(error, this.file);
    }
  }
}

interface RecordRow {
  readonly offset: number;
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly headers: string;
  readonly time: number;
}

function toBusRecord(topic: string, partition: number, { offset, key, value, headers, time }: RecordRow): BusRecord {
  return {
    topic,
    partition,
    offset,
    key,
    value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    headers: JSON.parse(headers) as Record<string, string>,
    timestampMs: time,
  };
}

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const sqlite = {
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  notADatabase: 26,
} as const;

function openingFailure(
  error: unknown,
  { folder, file, ownerFile }: { folder: string; file: string; ownerFile: string },
): CodedError {
  const { code, detail } = failureOf(error);
  if (code === sqlite.busy || code === sqlite.locked)
    return embeddedErrors.FOLDER_IN_USE({ folder, pid: ownerOf(ownerFile) }, error);
  if (code === sqlite.corrupt || code === sqlite.notADatabase)
    return embeddedErrors.FILE_CORRUPT({ file, detail }, error);
  if (code === sqlite.full) return embeddedErrors.DISK_FULL({ file }, error);
  return embeddedErrors.FOLDER_UNWRITABLE({ folder, detail }, error);
}

function storageFailure(error: unknown, file: string): unknown {
  const { code, detail } = failureOf(error);
  if (code === undefined) return error;
  if (code === sqlite.full) return embeddedErrors.DISK_FULL({ file }, error);
  if (code === sqlite.corrupt || code === sqlite.notADatabase)
    return embeddedErrors.FILE_CORRUPT({ file, detail }, error);
  return embeddedErrors.STORAGE_FAILED({ file, detail }, error);
}

/** node:sqlite gives SQLite's extended code; its low byte is the primary one. */
function failureOf(error: unknown): { code: number | undefined; detail: string } {
  const { errcode, errstr, code, message } = error as {
    errcode?: number;
    errstr?: string;
    code?: string;
    message?: string;
  };
  return {
    code: errcode === undefined ? undefined : errcode & 0xff,
    detail: errstr ?? code ?? message ?? 'no reason given',
  };
}

function ownerOf(ownerFile: string): string {
  try {
    return readFileSync(ownerFile, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
