import type { EachBatchPayload } from '@omninode/kafka-link';
import { expect, test } from 'vitest';
import { takeRecords } from './kafka-records.js';

test('records below the position are left out, and reading goes on behind the last', () => {
  expect(taken([8, 9, 10, 11], 12, 10)).toEqual({ offsets: [10, 11], nextOffset: 12, endOffset: 12 });
});

test('markers behind the last record move the position on', () => {
  expect(taken([10, 11], 20, 10, 15)).toMatchObject({ offsets: [10, 11], nextOffset: 16 });
});

test('records of a log that ends before the position are those of another log: the topic was made anew', () => {
  expect(taken([0, 1, 2], 3, 1_000)).toEqual({ offsets: [0, 1, 2], nextOffset: 3, endOffset: 3 });
});

test('an end before the position without records is a new leader that does not know yet how far all are: nothing moves', () => {
  expect(taken([], 990, 1_000)).toEqual({ offsets: [], nextOffset: 1_000, endOffset: 990 });
});

function taken(
  offsets: readonly number[],
  highWatermark: number,
  from: number,
  last = offsets.at(-1) ?? highWatermark - 1,
) {
  const messages = offsets.map((offset) => ({
    offset: String(offset),
    key: null,
    value: Buffer.from('x'),
    timestamp: '0',
  }));
  const batch = {
    topic: 't',
    partition: 0,
    highWatermark: String(highWatermark),
    messages,
    lastOffset: () => String(last),
  } as unknown as EachBatchPayload['batch'];
  const { records, ...rest } = takeRecords(batch, from);
  return { offsets: records.map(({ offset }) => offset), ...rest };
}
