import { decodeCodes, decodeRecord, type DecodeCode } from '@omninode/contracts';
import type { IntakeRecord } from './measurement-intake.js';
import type { RequestRecord } from './read-request.js';
import type { RefusedRecord } from './refused-record.js';

export interface Checked {
  readonly records: readonly IntakeRecord[];
  readonly refused: readonly RefusedRecord[];
}

/**
 * Reads each record as the mesh will, and says what it would not take. On the bus a bad point costs that point only, because
 * nobody could be told; who sends over HTTP is told. A kind of a later version is nobody's mistake.
 */
export function checkRecords(given: readonly RequestRecord[]): Checked {
  const records: IntakeRecord[] = [];
  const refused: RefusedRecord[] = [];
  for (const record of given) {
    const { key, contentType, value } = record;
    const mistakes = mistakesIn(record);
    refused.push(...mistakes);
    if (mistakes.length === 0 && key !== null) records.push({ key, contentType, value });
  }
  return { records, refused };
}

function mistakesIn({ index, place, key, contentType, value }: RequestRecord): RefusedRecord[] {
  const decoded = decodeRecord(value, contentType, key);
  if (decoded.ok) {
    return decoded.record.rejected.map(({ code, path }) => ({
      index,
      code,
      path: place ? `${place}.${path}` : path,
      detail: decodeCodes[code as DecodeCode],
    }));
  }
  if (!decoded.skip) return [{ index, code: decoded.code, path: place, detail: decoded.detail }];
  return key === null ? [{ index, code: 'key_mismatch', path: place, detail: 'nothing names its entity' }] : [];
}
