import type { OutgoingRecord } from './outgoing.js';
import { bytesOf, RecordQueue } from './record-queue.js';
import type { BatchLimit } from './record-queue.js';

/** Where batches come from: memory, the own spool, the spool of a process that died. */
export interface Source {
  readonly isEmpty: boolean;
  /** The oldest records up to the limit. They stay until `advance`; asked again before that, they are the same. */
  head(limit: BatchLimit): Promise<readonly OutgoingRecord[]>;
  /** The first `count` records of the head are settled. */
  advance(count: number): Promise<void>;
}

/** The records in memory: the batch in hand, and what waits behind it. */
export class Memory implements Source {
  private readonly queue = new RecordQueue();
  private hand: readonly OutgoingRecord[] = [];
  private handBytes = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  get length(): number {
    return this.hand.length + this.queue.length;
  }

  get bytes(): number {
    return this.handBytes + this.queue.bytes;
  }

  get oldest(): OutgoingRecord | undefined {
    return this.hand[0] ?? this.queue.oldest;
  }

  push(record: OutgoingRecord): void {
    this.queue.push(record);
    if (record.kind === 'dict') record.producer.dictionariesWaiting += 1;
  }

  /** Removes the oldest records with values or events from what waits, until `bytes` are free. */
  evict(bytes: number): OutgoingRecord[] {
    return this.queue.evict(bytes);
  }

  /** Whether the batch is still in hand: the spool may have taken it while it was on its way. */
  holds(batch: readonly OutgoingRecord[]): boolean {
    return this.hand === batch;
  }

  async head(limit: BatchLimit): Promise<readonly OutgoingRecord[]> {
    // A batch that failed is filled up: a record that is refused is only found out in company.
    if (this.hand.length > 0) this.queue.putBack(this.hand);
    this.hold(this.queue.take(limit));
    return this.hand;
  }

  async advance(count: number): Promise<void> {
    // Nothing is in hand any more when the spool took it while it was on its way: then it is sent twice.
    countDictionaries(this.hand.slice(0, count), -1);
    this.hold(this.hand.slice(count));
  }

  /** Takes the oldest records away, the batch in hand first. */
  take(limit: BatchLimit): readonly OutgoingRecord[] {
    const taken = this.hand.length > 0 ? this.hand : this.queue.take(limit);
    if (taken === this.hand) this.hold([]);
    countDictionaries(taken, -1);
    return taken;
  }

  takeAll(): OutgoingRecord[] {
    const all = { records: Infinity, bytes: Infinity };
    return [...this.take(all), ...this.take(all)];
  }

  putBack(taken: readonly OutgoingRecord[]): void {
    this.queue.putBack(taken);
    countDictionaries(taken, 1);
  }

  private hold(records: readonly OutgoingRecord[]): void {
    this.hand = records;
    this.handBytes = bytesOf(records);
  }
}

function countDictionaries(records: readonly OutgoingRecord[], by: 1 | -1): void {
  for (const { kind, producer } of records) if (kind === 'dict') producer.dictionariesWaiting += by;
}
