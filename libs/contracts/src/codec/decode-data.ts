import type { Columns, ExponentialValue, RejectedPoint } from '../measurement.js';
import { isCount, isTime } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

const none: readonly never[] = [];

/**
 * Reads the columns of a data record. The hot path: three loops over numbers, nothing made per point. Whether there are as
 * many values as the series have slots only the dictionary can tell (`slotsOf`): that check is the reader's.
 */
export function readData(body: Readonly<Record<string, unknown>>, rejected: RejectedPoint[]): Columns | Refusal {
  const { d: known, i: indexes, x: values, dt: timeOffsetsMs, r: starts = none, h = none } = body;
  if (!isCount(known) || known > limits.series) return new Refusal('invalid_field', 'd is not a number of series');
  if (indexes !== undefined && !Array.isArray(indexes)) return new Refusal('invalid_field', 'i is not a list');
  if (!Array.isArray(values)) return new Refusal('invalid_field', 'x is not a list');
  if (timeOffsetsMs !== undefined && !Array.isArray(timeOffsetsMs))
    return new Refusal('invalid_field', 'dt is not a list');
  if (!Array.isArray(starts)) return new Refusal('invalid_field', 'r is not a list');
  if (!Array.isArray(h)) return new Refusal('invalid_field', 'h is not a list');

  const wrong =
    checkIndexes(indexes, known) ?? checkOffsets(timeOffsetsMs, indexes?.length ?? known) ?? checkStarts(starts, known);
  if (wrong) return wrong;
  markRejected(values, rejected);
  const exponentials = readExponentials(h, known, rejected);
  if (exponentials instanceof Refusal) return exponentials;
  return { known, indexes: indexes ?? null, values, timeOffsetsMs: timeOffsetsMs ?? null, starts, exponentials };
}

/** A value that is not a finite number becomes NaN: its slot stays, and a reader knows it by `value !== value`. */
function markRejected(values: unknown[], rejected: RejectedPoint[]): void {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    values[at] = NaN;
    if (!reject(rejected, 'invalid_value', `x[${at}]`)) return;
  }
}

function checkIndexes(indexes: readonly unknown[] | undefined, known: number): Refusal | undefined {
  if (indexes === undefined) return undefined;
  for (let at = 0; at < indexes.length; at++) {
    if (!isIndex(indexes[at], known)) return new Refusal('invalid_index', `i[${at}] is not an index below d`);
  }
  return undefined;
}

/** An offset is a 32 bit integer: at most 24 days away from the record's time. */
function checkOffsets(offsetsMs: readonly unknown[] | undefined, length: number): Refusal | undefined {
  if (offsetsMs === undefined) return undefined;
  if (offsetsMs.length !== length)
    return new Refusal('length_mismatch', `dt has ${offsetsMs.length} entries for ${length} series`);
  for (let at = 0; at < offsetsMs.length; at++) {
    const offset = offsetsMs[at];
    if (!isInt32(offset)) return new Refusal('invalid_time', `dt[${at}] is not an integer of 32 bits`);
  }
  return undefined;
}

function checkStarts(starts: readonly unknown[], known: number): Refusal | undefined {
  for (const [at, start] of starts.entries()) {
    if (!Array.isArray(start)) return new Refusal('invalid_field', `r[${at}] is not a list`);
    if (!isIndex(start[0], known)) return new Refusal('invalid_index', `r[${at}][0] is not an index below d`);
    if (!isTime(start[1]))
      return new Refusal('invalid_time', `r[${at}][1] is not integer ms of the years 2000 to 2099`);
    start.length = 2; // What a later version adds is not handed on.
  }
  return undefined;
}

function readExponentials(
  entries: readonly unknown[],
  known: number,
  rejected: RejectedPoint[],
): Columns['exponentials'] | Refusal {
  if (entries.length === 0) return none;
  const exponentials: [number, ExponentialValue][] = [];
  for (const [at, entry] of entries.entries()) {
    if (!Array.isArray(entry)) return new Refusal('invalid_field', `h[${at}] is not a list`);
    if (!isIndex(entry[0], known)) return new Refusal('invalid_index', `h[${at}][0] is not an index below d`);
    const value = readExponential(entry);
    if (value) exponentials.push([entry[0], value]);
    else if (!reject(rejected, 'invalid_value', `h[${at}]`)) break;
  }
  return exponentials;
}

function readExponential(entry: readonly unknown[]): ExponentialValue | undefined {
  const [, scale, zeroCount, sum, offset, counts] = entry;
  if (!Number.isInteger(scale) || (scale as number) < -10 || (scale as number) > 20) return undefined;
  if (!isNotNegative(zeroCount) || !Number.isFinite(sum) || !isInt32(offset)) return undefined;
  if (!Array.isArray(counts) || counts.length > limits.exponentialBuckets || !counts.every(isNotNegative))
    return undefined;
  return { scale: scale as number, zeroCount, sum: sum as number, offset, counts };
}

/** Adds to the list while it is short; false once it is longer than any record may have. */
function reject(rejected: RejectedPoint[], code: RejectedPoint['code'], path: string): boolean {
  rejected.push({ code, path });
  return rejected.length <= limits.rejectedPoints;
}

/** `typeof` comes first here and below: to make a number of a deep list, the engine would call itself until its stack ends. */
function isIndex(value: unknown, known: number): value is number {
  return typeof value === 'number' && value >>> 0 === value && value < known;
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

function isNotNegative(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0;
}
