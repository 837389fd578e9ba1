import { encodeClose } from '@omninode/contracts';

/** One incarnation of a producer, as its writer, the outbox and the spool share it. */
export interface Producer {
  readonly name: string;
  readonly entity: string;
  readonly incarnation: number;
  /** Records of it that this process lost, neither acknowledged nor waiting anywhere; dictionary records not counted. */
  dropped: number;
  /** Those that the process before this one had lost. */
  droppedBefore: number;
  /** Sequences of dropped dictionary records, of either process. A copy that arrives after all makes the loss good. */
  readonly droppedDictionaries: Set<number>;
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
  return {
    name,
    entity,
    incarnation,
    dropped: 0,
    droppedBefore: 0,
    droppedDictionaries: new Set(),
    dictionaryLost: false,
    dictionariesWaiting: 0,
  };
}

/** The bytes to send. A close record tells what was dropped until now, and `alsoDropped`, not until it was written. */
export function valueOf(record: OutgoingRecord, alsoDropped = 0): Buffer {
  if (record.kind !== 'close') return record.value;
  const { name: producer, entity, incarnation } = record.producer;
  const head = { producer, entity, incarnation, sequence: record.sequence, timeMs: record.timeMs };
  return encodeClose(head, droppedOf(record.producer) + alsoDropped);
}

/** What its close record reports. */
export function droppedOf({ dropped, droppedBefore, droppedDictionaries }: Producer): number {
  return dropped + droppedBefore + droppedDictionaries.size;
}

export function dropRecord({ producer, kind, sequence, isCopy }: OutgoingRecord): void {
  if (kind !== 'dict') {
    producer.dropped += 1;
    return;
  }
  producer.dictionaryLost = true;
  if (!isCopy) producer.droppedDictionaries.add(sequence);
}
