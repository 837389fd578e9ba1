import type { BusRecord, NewRecord } from '../bus.js';

/** Headers of a dead letter, each with the prefix `dead-letter.`; the record's own headers follow with `original.`. */
export const deadLetterHeaders = {
  topic: 'dead-letter.topic',
  partition: 'dead-letter.partition',
  offset: 'dead-letter.offset',
  /** The original key; absent when it had none. */
  key: 'dead-letter.key',
  /** When the original was made, ms since 1970 UTC. */
  recordTime: 'dead-letter.record-time',
  /** Why: a code of `decodeCodes`. */
  code: 'dead-letter.code',
  detail: 'dead-letter.detail',
  /** Bytes of the original value; only where it was cut. */
  cutFrom: 'dead-letter.cut-from',
} as const;

const detailLength = 500;
/** Below what a broker takes by default, with room for headers: a dead letter that is refused would block its partition. */
const valueBytes = 900 * 1024;

/**
 * A record that could not be taken, to be published to `topic` (`topicNames().deadLetter`): its bytes and headers, where it
 * lay and why. When it was given up, the dead letter's own time says. A value above 900 KiB is cut, and a header says so.
 */
export function deadLetterRecord(topic: string, record: BusRecord, code: string, detail: string): NewRecord {
  const { key, value } = record;
  const headers: Record<string, string> = {
    [deadLetterHeaders.topic]: record.topic,
    [deadLetterHeaders.partition]: String(record.partition),
    [deadLetterHeaders.offset]: String(record.offset),
    [deadLetterHeaders.recordTime]: String(record.timestampMs),
    [deadLetterHeaders.code]: code,
    [deadLetterHeaders.detail]: detail.slice(0, detailLength).toWellFormed(),
  };
  if (key !== null) headers[deadLetterHeaders.key] = key;
  for (const [name, original] of Object.entries(record.headers)) headers[`original.${name}`] = original;
  const isCut = value !== null && value.length > valueBytes;
  if (isCut) headers[deadLetterHeaders.cutFrom] = String(value.length);
  const kept = isCut ? value.subarray(0, valueBytes) : value;
  return { topic, key: `${record.topic}/${record.partition}/${record.offset}`, value: kept, headers };
}
