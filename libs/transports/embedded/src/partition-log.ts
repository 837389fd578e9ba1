import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BusRecord } from '@omninode/contracts';

export interface LogRow {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: number;
}

/** A record as it goes into a log: already copied, its headers already text. */
export interface StoredRecord {
  readonly key: string;
  readonly headers: string | null;
  readonly value: Buffer | null;
}

export interface ReadLimits {
  readonly maxRecords: number;
  /** A batch ends with the record that reaches it, so one large record is never stuck. */
  readonly maxBytes: number;
}

/** One partition: its table, the offset that comes next, and who waits for it. */
export class PartitionLog {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  /** The offset that the next record gets. Only raised after a commit, so a reader never passes what may be rolled back. */
  nextOffset: number;
  private readonly waiting = new Set<() => void>();
  private readonly insert: StatementSync;
  private readonly select: StatementSync;
  private readonly selectOldest: StatementSync;
  private readonly updateNext: StatementSync;

  constructor(
    db: DatabaseSync,
    row: LogRow,
    /** Compaction leaves gaps, also before the oldest record. */
    readonly isCompacted: boolean,
  ) {
    this.id = row.id;
    this.topic = row.topic;
    this.partition = row.partition;
    this.nextOffset = row.next_offset;
    this.insert = db.prepare(`insert into log_${row.id} (offset, time, key, headers, value) values (?, ?, ?, ?, ?)`);
    this.select = db.prepare(
      `select offset, time, key, headers, value from log_${row.id} where offset >= ? and offset < ? order by offset limit ?`,
    );
    this.selectOldest = db.prepare(`select min(offset) as oldest from log_${row.id}`);
    this.updateNext = db.prepare('update log set next_offset = ?, bytes = bytes + ? where id = ?');
  }

  /** Inside a transaction. */
  append(offset: number, record: StoredRecord, timestampMs: number): void {
    this.insert.run(offset, timestampMs, record.key, record.headers, record.value);
  }

  /** Inside a transaction. */
  storeNext(nextOffset: number, addedBytes: number): void {
    this.updateNext.run(nextOffset, addedBytes, this.id);
  }

  /** After the commit. */
  advanceTo(nextOffset: number): void {
    this.nextOffset = nextOffset;
    for (const wake of this.waiting) wake();
  }

  /** The offset of the oldest record that is there; the next offset when there is none. */
  oldest(): number {
    return (this.selectOldest.get() as { oldest: number | null }).oldest ?? this.nextOffset;
  }

  /** Records from an offset on, in order. Empty: there is none below `end` now. */
  read(from: number, limits: ReadLimits, end = this.nextOffset): BusRecord[] {
    const records: BusRecord[] = [];
    let bytes = 0;
    for (const row of this.select.iterate(from, end, limits.maxRecords)) {
      const record = this.toRecord(row as unknown as RecordRow);
      records.push(record);
      bytes += record.value?.length ?? 0;
      if (bytes >= limits.maxBytes) break;
    }
    return records;
  }

  /** Resolves when the offset was given to a record, or when the signal aborts. */
  async reaches(offset: number, signal: AbortSignal): Promise<void> {
    if (this.nextOffset > offset || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  private toRecord({ offset, time, key, headers, value }: RecordRow): BusRecord {
    return {
      topic: this.topic,
      partition: this.partition,
      offset,
      key,
      value: value && Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      headers: headers === null ? {} : (JSON.parse(headers) as Record<string, string>),
      timestampMs: time,
    };
  }
}

interface RecordRow {
  readonly offset: number;
  readonly time: number;
  readonly key: string;
  readonly headers: string | null;
  readonly value: Uint8Array<ArrayBuffer> | null;
}

/** What a record counts for in limits and in retention by bytes; `recordBytesSql` says the same of a stored row. */
export function recordBytes({ key, headers, value }: StoredRecord): number {
  return Buffer.byteLength(key) + (headers === null ? 0 : Buffer.byteLength(headers)) + (value?.length ?? 0);
}

export const recordBytesSql = 'octet_length(key) + ifnull(octet_length(headers), 0) + ifnull(length(value), 0)';
