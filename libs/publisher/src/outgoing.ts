import { encodeClose } from '@omninode/contracts';

/** One incarnation of a producer, as its writer, the outbox and the spool share it. */
export interface Producer {
  readonly name: string;
  readonly entity: string;
  readonly incarnation: number;
  /** Records of it that this process lost: neither acknowledged nor waiting anywhere. */
  dropped: number;
  /** Records of it that the process before this one had lost. */
  droppedBefore: number;
  /** A dictionary record of it was dropped, so its writer sends the dictionary before its next data. */
  dictionaryLost: boolean;
  /** Dictionary records of it that wait in memory. While there are any, another copy of the dictionary helps nobody. */
  dictionariesWaiting: number;
}

export interface OutgoingRecord {
  readonly producer: Producer;
  readonly kind: 'dict' | 'data' | 'event' | 'close';
  readonly sequence: number;
  /** Values in it. */
  readonly points: number;
  readonly timeMs: number;
  /** Encoded; a close record is encoded anew when it leaves (`valueOf`). */
  readonly value: Buffer;
  /** When the writer made it or the spool gave it back, ms of the publisher's clock. */
  readonly queuedAtMs: number;
  /** The dictionary records that were sent until then, itself included; empty for events and close records. */
  readonly dictionary: readonly DictionaryRecord[];
  /** A dictionary record once more, for readers that missed it: losing it loses nothing. */
  readonly isCopy?: boolean;
}

/** A dictionary record that was sent. The series are append-only, so it can be made again, byte by byte, when a copy is needed. */
export interface DictionaryRecord {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly timeMs: number;
  encode(): Buffer;
}

export function newProducer(name: string, entity: string, incarnation: number): Producer {
  return { name, entity, incarnation, dropped: 0, droppedBefore: 0, dictionaryLost: false, dictionariesWaiting: 0 };
}

/** The bytes to send. A close record tells what was dropped until now, not until it was written. */
export function valueOf(record: OutgoingRecord): Buffer {
  if (record.kind !== 'close') return record.value;
  const { name: producer, entity, incarnation } = record.producer;
  const head = { producer, entity, incarnation, sequence: record.sequence, timeMs: record.timeMs };
  return encodeClose(head, droppedOf(record.producer));
}

/** What its close record reports. */
export function droppedOf({ dropped, droppedBefore }: Producer): number {
  return dropped + droppedBefore;
}

export function dropRecord(record: OutgoingRecord): void {
  if (!record.isCopy) record.producer.dropped += 1;
  if (record.kind === 'dict') record.producer.dictionaryLost = true;
}
