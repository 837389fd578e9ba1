import { randomBytes } from 'node:crypto';
import { memoryHeaders } from '@omninode/contracts';
import type { BusRecord, NewRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { memoryHeader, memoryOf, newMemoryRecord } from './memory-record.js';

const key = 'database-collector/orders';
const stored = ({ value, headers = {} }: NewRecord): BusRecord => ({
  topic: 'memory',
  partition: 0,
  offset: 17,
  key,
  value,
  headers,
  timestampMs: 0,
});

test('what is remembered comes back, and headers are those of the contract', () => {
  const memory = { statements: { baseline: { '10 5 -1 t': ['1', '2.5'] } }, availability: null };
  const { record, problem } = newMemoryRecord('memory', { key, owner: 'one', incarnation: 3 }, memory);
  expect(problem).toBeUndefined();
  expect(memoryHeaders.parse(record.headers)).toEqual(record.headers);
  expect(memoryOf(stored(record))).toEqual(memory);
  expect(memoryHeader(stored(record))).toEqual({ key, owner: 'one', incarnation: 3, isClaim: false });
});

test('a claim’s incarnation is its own offset', () => {
  const { record } = newMemoryRecord('memory', { key, owner: 'one' }, {});
  expect(memoryHeader(stored(record))).toEqual({ key, owner: 'one', incarnation: 17, isClaim: true });
});

test('what no record can hold is left out, the biggest family first, and the caller is told', () => {
  const memory = { big: randomBytes(1_000_000).toString('base64'), small: 1 };
  const { record, problem } = newMemoryRecord('memory', { key, owner: 'one' }, memory);
  expect(memoryOf(stored(record))).toEqual({ small: 1 });
  expect(problem).toMatchObject({ code: 'MEMORY_TOO_BIG', fields: { family: 'big' } });
});

test.each<[string, Buffer]>([
  ['no gzip', Buffer.from('{}')],
  ['no JSON', newMemoryRecord('memory', { key, owner: 'one' }, {}).record.value!.subarray(0, 8)],
])('%s is an error with a code', (_, value) => {
  expect(() => memoryOf(stored({ topic: 'memory', key, value }))).toThrow(
    expect.objectContaining({ code: 'MEMORY_UNREADABLE' }),
  );
});

test('tombstones and records of others are no memories', () => {
  expect(memoryHeader(stored({ topic: 'memory', key, value: null }))).toBeUndefined();
  expect(
    memoryHeader(stored({ topic: 'memory', key, value: Buffer.alloc(1), headers: { owner: 'one' } })),
  ).toBeUndefined();
});
