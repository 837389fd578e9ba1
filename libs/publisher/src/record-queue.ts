import type { OutgoingRecord } from './outgoing.js';

export interface BatchLimit {
  readonly records: number;
  readonly bytes: number;
}

/** Records that wait in memory, oldest first. */
export class RecordQueue {
  private records: OutgoingRecord[] = [];
  private head = 0;
  private heldBytes = 0;

  get length(): number {
    return this.records.length - this.head;
  }

  get bytes(): number {
    return this.heldBytes;
  }

  get oldest(): OutgoingRecord | undefined {
    return this.records[this.head];
  }

  push(record: OutgoingRecord): void {
    this.records.push(record);
    this.heldBytes += record.value.length;
  }

  /** The oldest records up to the limit, one at least while there is one. */
  take(limit: BatchLimit): OutgoingRecord[] {
    const end = this.head + fitting(this.records, this.head, limit);
    const taken = this.records.slice(this.head, end);
    this.head = end;
    this.heldBytes -= bytesOf(taken);
    if (this.head * 2 > this.records.length) this.compact();
    return taken;
  }

  /** Gives taken records back to where they were. */
  putBack(taken: readonly OutgoingRecord[]): void {
    this.records = [...taken, ...this.records.slice(this.head)];
    this.head = 0;
    this.heldBytes += bytesOf(taken);
  }

  /**
   * Removes the oldest records with values or events until `bytes` are free. Dictionaries and close records stay: what
   * comes behind them could not be read without them, and they are few.
   */
  evict(bytes: number): OutgoingRecord[] {
    const evicted: OutgoingRecord[] = [];
    const kept: OutgoingRecord[] = [];
    let freed = 0;
    for (let at = this.head; at < this.records.length; at++) {
      const record = this.records[at]!;
      const goes = freed < bytes && (record.kind === 'data' || record.kind === 'event');
      if (goes) freed += record.value.length;
      (goes ? evicted : kept).push(record);
    }
    this.records = kept;
    this.head = 0;
    this.heldBytes -= freed;
    return evicted;
  }

  private compact(): void {
    this.records = this.records.slice(this.head);
    this.head = 0;
  }
}

/** How many records from `start` on fit into one batch: one at least while there is one. */
export function fitting(records: readonly OutgoingRecord[], start: number, limit: BatchLimit): number {
  let bytes = 0;
  let count = 0;
  while (start + count < records.length && count < limit.records) {
    bytes += records[start + count]!.value.length;
    if (count > 0 && bytes > limit.bytes) break;
    count += 1;
  }
  return count;
}

export function bytesOf(records: readonly OutgoingRecord[]): number {
  return records.reduce((sum, { value }) => sum + value.length, 0);
}
