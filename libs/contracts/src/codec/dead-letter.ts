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
  /** When it was given up, ms since 1970 UTC. */
  time: 'dead-letter.time',
} as const;

const detailLength = 500;

/** A record that could not be taken, to be published to `topic` (`topicNames().deadLetter`): its bytes and headers, where it lay and why. */
export function deadLetterRecord(
  topic: string,
  record: BusRecord,
  code: string,
  detail: string,
  nowMs: number,
): NewRecord {
  const headers: Record<string, string> = {
    [deadLetterHeaders.topic]: record.topic,
    [deadLetterHeaders.partition]: String(record.partition),
    [deadLetterHeaders.offset]: String(record.offset),
    [deadLetterHeaders.recordTime]: String(record.timestampMs),
    [deadLetterHeaders.code]: code,
    [deadLetterHeaders.detail]: detail.slice(0, detailLength).toWellFormed(),
    [deadLetterHeaders.time]: String(nowMs),
  };
  if (record.key !== null) headers[deadLetterHeaders.key] = record.key;
  for (const [name, value] of Object.entries(record.headers)) headers[`original.${name}`] = value;
  return { topic, key: `${record.topic}/${record.partition}/${record.offset}`, value: record.value, headers };
}
