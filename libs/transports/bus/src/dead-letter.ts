import { errorCode } from '@omninode/contracts';
import type { BusRecord, NewRecord } from '@omninode/contracts';

/** Headers that a dead letter carries besides the original ones. */
export const deadLetterHeaders = {
  reason: 'omninode-dlq-reason',
  error: 'omninode-dlq-error',
  topic: 'omninode-dlq-topic',
  partition: 'omninode-dlq-partition',
  offset: 'omninode-dlq-offset',
  timestamp: 'omninode-dlq-timestamp',
  key: 'omninode-dlq-key',
  /** Size of the original in bytes; present only where the value was cut. */
  cutFrom: 'omninode-dlq-cut-from',
} as const;

/** Below the 1 MiB that a broker takes by default, with room for headers: a dead letter that is refused would block its partition. */
const longestValueBytes = 900 * 1024;

/**
 * The dead letter of a record: the original bytes and headers, where it lay, why it is here (`reason`) and the code of the
 * error. Never the error's message: it may quote a secret. A value above 900 KiB is cut; the original lies at its source
 * position for as long as its topic keeps it.
 */
export function deadLetterOf(record: BusRecord, reason: string, error: unknown, deadLetterTopic: string): NewRecord {
  const { topic, partition, offset, key, value, timestampMs } = record;
  const headers: Record<string, string> = {
    ...record.headers,
    [deadLetterHeaders.reason]: reason,
    [deadLetterHeaders.error]: errorName(error),
    [deadLetterHeaders.topic]: topic,
    [deadLetterHeaders.partition]: String(partition),
    [deadLetterHeaders.offset]: String(offset),
    [deadLetterHeaders.timestamp]: String(timestampMs),
  };
  if (key !== null) headers[deadLetterHeaders.key] = key;
  const cut = value !== null && value.length > longestValueBytes;
  if (cut) headers[deadLetterHeaders.cutFrom] = String(value.length);
  return {
    topic: deadLetterTopic,
    key: `${topic}/${partition}/${offset}`,
    value: cut ? value.subarray(0, longestValueBytes) : value,
    headers,
  };
}

/** A code where there is one, else the class of the error: `TypeError` says more than `UNEXPECTED`. */
function errorName(error: unknown): string {
  const code = errorCode(error);
  return code === 'UNEXPECTED' && error instanceof Error ? error.name : code;
}
