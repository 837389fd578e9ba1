import { z } from 'zod';
import type { BusRecord, NewRecord } from '../bus.js';
import { decodeCodes } from './codes.js';

const digits = z.string().regex(/^\d{1,16}$/);
const codeList = Object.keys(decodeCodes).join(', ');

/** Headers of a dead letter. The record's own headers follow, each with `original.` before its name. */
export const deadLetterHeaders = z
  .object({
    'dead-letter.topic': z.string().meta({ description: 'Topic that the record was in.' }),
    'dead-letter.partition': digits.meta({ description: 'Its partition.' }),
    'dead-letter.offset': digits.meta({ description: 'Its offset.' }),
    'dead-letter.key': z.string().optional().meta({ description: 'Its key. Absent: it had none.' }),
    'dead-letter.record-time': digits.meta({ description: 'When its producer made it, ms since 1970 UTC.' }),
    'dead-letter.code': z.string().meta({ description: `Why it could not be taken: ${codeList}.` }),
    'dead-letter.detail': z
      .string()
      .max(500)
      .meta({ description: 'Where in the record and what, in words; never a value.' }),
    'dead-letter.cut-from': digits
      .optional()
      .meta({ description: 'Bytes of the original value. Absent: it is whole.' }),
  })
  .meta({ description: "Headers of a dead letter; the record's own follow, each with `original.` before its name." });

const detailLength = 500;
/** Below what a broker takes by default, with room for headers: a dead letter that is refused would block its partition. */
const valueBytes = 900 * 1024;

/**
 * A record that could not be taken, to be published to `topic` (`topicNames().deadLetter`): its bytes and headers, where it
 * lay and why. When it was given up, the dead letter's own time says. A value above 900 KiB is cut, and a header says so.
 */
export function deadLetterRecord(topic: string, record: BusRecord, code: string, detail: string): NewRecord {
  const { key, value } = record;
  const isCut = value !== null && value.length > valueBytes;
  const reason: z.infer<typeof deadLetterHeaders> = {
    'dead-letter.topic': record.topic,
    'dead-letter.partition': String(record.partition),
    'dead-letter.offset': String(record.offset),
    ...(key === null ? {} : { 'dead-letter.key': key }),
    'dead-letter.record-time': String(record.timestampMs),
    'dead-letter.code': code,
    'dead-letter.detail': detail.slice(0, detailLength).toWellFormed(),
    ...(isCut ? { 'dead-letter.cut-from': String(value.length) } : {}),
  };
  const original = Object.entries(record.headers).map(([name, header]) => [`original.${name}`, header]);
  return {
    topic,
    key: `${record.topic}/${record.partition}/${record.offset}`,
    value: isCut ? value.subarray(0, valueBytes) : value,
    headers: { ...Object.fromEntries(original), ...reason } as Record<string, string>,
  };
}
