import type { BusRecord } from '@omninode/contracts';
import type { EachBatchPayload, FetchedPartition, FetchedRecord, KafkaMessage } from '@omninode/kafka-link';

/** What is handled at once. */
export interface TakenRecords {
  readonly records: readonly BusRecord[];
  /** Where to read on when all of them are handled. */
  readonly nextOffset: number;
  readonly endOffset: number;
}

/** Compressed records can grow a thousandfold when they are unpacked: what is above waits in the log. */
const maxTakenBytes = 4 * 1024 * 1024;

/** The records of a fetched batch from an offset on, as many as may wait in memory, at least one if there is one. */
export function takeRecords(batch: EachBatchPayload['batch'], fromOffset: number): TakenRecords {
  const records: BusRecord[] = [];
  const endOffset = Number(batch.highWatermark);
  // Records of a log that ends before are of another one: the topic was made anew while we read it. Without records it is a new
  // leader that does not know yet how far all are.
  const from = batch.messages.length > 0 && endOffset < fromOffset ? 0 : fromOffset;
  let bytes = 0;
  for (const message of batch.messages) {
    if (Number(message.offset) < from) continue;
    bytes += message.value?.length ?? 0;
    if (bytes > maxTakenBytes && records.length > 0) {
      return { records, endOffset, nextOffset: Number(message.offset) };
    }
    records.push(fromKafkaMessage(batch, message));
  }
  // Markers of transactions and what compaction took lie behind the last record.
  return { records, endOffset, nextOffset: Math.max(from, Number(batch.lastOffset()) + 1) };
}

function fromKafkaMessage({ topic, partition }: EachBatchPayload['batch'], message: KafkaMessage): BusRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString() ?? null,
    value: message.value,
    headers: textHeaders(message.headers ?? {}),
    timestampMs: Number(message.timestamp),
  };
}

/** What a reader without a group fetched. */
export function fromFetched(topic: string, { partition }: FetchedPartition, record: FetchedRecord): BusRecord {
  return {
    topic,
    partition,
    offset: record.offset,
    key: record.key?.toString() ?? null,
    value: record.value,
    headers: textHeaders(record.headers),
    timestampMs: record.timestampMs,
  };
}

/** Headers are bytes on the wire; ours are text. A repeated header comes as a list: the first counts. */
function textHeaders(
  headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>,
): Record<string, string> {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value)
      ? (value[0] as Buffer | string | undefined)
      : (value as Buffer | string | undefined);
    if (first !== undefined) text[name] = first.toString();
  }
  return text;
}
