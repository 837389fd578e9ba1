import { encodeDictionary, limits } from '@omninode/contracts';
import type { RecordHead } from '@omninode/contracts';
import type { DictionaryRecord } from './outgoing.js';
import type { SeriesTable } from './series-table.js';

export interface DictionarySender {
  readonly table: SeriesTable;
  head(sequence: number, timeMs: number): RecordHead;
  /** Takes the next sequence number for a record that `encode` makes, and queues it. */
  send(record: DictionaryRecord, value: Buffer): void;
  nextSequence(): number;
}

/**
 * Sends the series from `from` on in slices that readers take. A slice is guessed by the length of its texts and halved when
 * escapes made it larger.
 */
export function sendDictionary(sender: DictionarySender, from: number, timeMs: number): void {
  const sendSlice = (start: number, end: number): void => {
    const { table } = sender;
    const sequence = sender.nextSequence();
    const encode = () => encodeDictionary(sender.head(sequence, timeMs), table.slice(start, end));
    const value = encode();
    if (value.length > limits.dictionaryBytes && end - start > 1) {
      const middle = (start + end) >> 1;
      sendSlice(start, middle);
      sendSlice(middle, end);
      return;
    }
    sender.send({ from: start, to: end, sequence, timeMs, encode }, value);
  };
  const { size } = sender.table;
  for (let start = from; start < size; start += seriesPerSlice)
    sendSlice(start, Math.min(size, start + seriesPerSlice));
}

/** About 50 to 120 bytes a series: mostly below `limits.dictionaryBytes` at the first try. */
const seriesPerSlice = 2_000;
