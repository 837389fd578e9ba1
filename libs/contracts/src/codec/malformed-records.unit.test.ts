import { expect, test } from 'vitest';
import { contentTypes } from '../measurement.js';
import type { DecodedRecord, DecodeResult } from '../measurement.js';
import { columnsRecord } from '../records/columns.js';
import { rowsRecord } from '../records/rows.js';
import { decodeCodes } from './codes.js';
import { decodeRecord } from './decode.js';
import { limits } from './limits.js';
import { malformedRecords } from './malformed-records.js';
import type { MalformedRecord } from './malformed-records.js';

const wanted = 12_000;
/** Codes of sizes, which have a test of their own, and codes that are not the decoder's. */
const elsewhere = new Set([
  'dictionary_too_large',
  'record_too_large',
  'slot_mismatch',
  'unknown_dictionary',
  'handler_failed',
]);

test('each of 12 000 malformed records is answered with a code, and the schemas agree', () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  console.log(`FUZZ_SEED=${seed} makes these records again`);
  const answered: Record<string, number> = {};
  let malformed = 0;
  for (const record of malformedRecords(seed)) {
    const result = decodeRecord(record.value, record.contentType, record.key);
    const code = codeOf(result);
    if (isAcceptable(record) !== (code === undefined)) {
      throw new Error(
        `${record.fault} of seed ${seed}: ${code ?? 'accepted'}: ${record.value.toString().slice(0, 2000)}`,
      );
    }
    if (result.ok) expectSafe(result.record);
    if (code === undefined) continue;
    answered[code] = (answered[code] ?? 0) + 1;
    if (++malformed === wanted) break;
  }
  console.log(answered);
  expect(Object.keys(answered).filter((code) => !(code in decodeCodes) && code !== 'skipped')).toEqual([]);
  const unsaid = Object.keys(decodeCodes).filter((code) => !(code in answered) && !elsewhere.has(code));
  expect(unsaid).toEqual([]);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

const start = `{"v":1,"p":"p","e":"e","n":1,"q":1,"t":1763942415000,`;
const longest = limits.recordBytes;
test.each([
  ['a megabyte of opening brackets', '['.repeat(longest)],
  ['a megabyte of closed brackets', '['.repeat(longest / 2) + ']'.repeat(longest / 2)],
  [
    'an unknown field half a million levels deep',
    `${start}"k":"close","dropped":0,"later":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  ],
  [
    'event attributes a hundred thousand levels deep',
    `${start}"k":"event","ev":[{"name":"a","t":1763942415000,"attributes":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}]}`,
  ],
  ['half a million empty values', `${start}"k":"data","d":1,"x":[${'null,'.repeat(200_000)}null]}`],
  ['an index of 2^32 - 1', `${start}"k":"data","d":1000000,"i":[4294967295],"x":[1]}`],
  ['a list that says that it is long', `${start}"k":"data","d":1,"x":{"length":4294967295}}`],
  ['a dictionary that begins at 2^53 - 1', `${start}"k":"dict","from":9007199254740991,"m":[],"s":[[0,[]]]}`],
  ['a metric whose index is 2^32 - 2', `${start}"k":"dict","from":0,"m":[],"s":[[4294967294,[]]]}`],
  [
    'a quarter million bounds',
    `${start}"k":"dict","from":0,"m":[["a","histogram","","",[],[${'1,'.repeat(100_000)}1]]],"s":[]}`,
  ],
  ['a megabyte of digits', `${start}"k":"data","d":1,"x":[${'9'.repeat(longest - 200)}]}`],
  ['a name of a megabyte', `${start.replace('"p":"p"', `"p":"${'p'.repeat(longest - 200)}"`)}"k":"close","dropped":0}`],
  [
    'thousands of points of one name with many texts',
    rowsOf((at) => `{"name":"a","kind":"gauge","help":"${at}","labels":{"b${at}":"c"},"value":1}`),
  ],
  [
    'thousands of events of one name',
    `${start}"k":"event","ev":[${Array.from({ length: 20_000 }, () => '{"name":"A","t":1,"attributes":{}}').join()}]}`,
  ],
])('%s takes time and memory in proportion to its bytes', (_, text) => {
  const value = Buffer.from(text);
  const contentType = text.includes('"points"') ? contentTypes.rows : contentTypes.columns;
  const before = process.memoryUsage().heapUsed;
  const startedAt = process.cpuUsage();
  const result = decodeRecord(value, contentType, 'e');
  const { user, system } = process.cpuUsage(startedAt);
  const grown = process.memoryUsage().heapUsed - before;
  expect((user + system) / 1000, 'ms of CPU').toBeLessThan(1_500);
  expect(grown, 'bytes of heap').toBeLessThan(200 * value.length + 8_000_000);
  if (result.ok) expectSafe(result.record);
});

test('a record above the limit is refused before it is read', () => {
  const value = Buffer.alloc(64 * 1024 * 1024, 0x5b);
  const startedAt = process.cpuUsage();
  expect(decodeRecord(value, contentTypes.columns, 'e')).toMatchObject({ code: 'record_too_large' });
  expect(process.cpuUsage(startedAt).user).toBeLessThan(20_000);
});

function codeOf(result: DecodeResult): string | undefined {
  if (result.ok) return result.record.rejected[0]?.code;
  return result.skip ? 'skipped' : result.code;
}

/** Whether nothing is wrong with the record after all, by the schemas. */
function isAcceptable({ value, contentType, key }: MalformedRecord): boolean {
  if (contentType !== contentTypes.rows && contentType !== contentTypes.columns)
    return isJsonType(contentType) && isRows(value, key);
  return contentType === contentTypes.rows ? isRows(value, key) : isColumns(value, key);
}

function isJsonType(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/json;') ?? true;
}

function isRows(value: Buffer, key: string | null): boolean {
  const parsed = rowsRecord.safeParse(jsonOf(value));
  return parsed.success && parsed.data.entity === key;
}

function isColumns(value: Buffer, key: string | null): boolean {
  const parsed = columnsRecord.safeParse(jsonOf(value));
  return parsed.success && parsed.data.e === key;
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value));
  } catch {
    return undefined;
  }
}

/** What was accepted can be printed and copied without surprises. */
function expectSafe(record: DecodedRecord): void {
  expect(() => JSON.stringify(record)).not.toThrow();
  for (const { attributes } of record.events) {
    expect(Object.getPrototypeOf(Object.assign({}, attributes))).toBe(Object.prototype);
  }
}

function rowsOf(point: (at: number) => string): string {
  const points = Array.from({ length: 12_000 }, (_, at) => point(at));
  return `{"v":1,"producer":"p","entity":"e","time":1763942415000,"points":[${points.join()}]}`;
}
