import { expect, test } from 'vitest';
import type { BusRecord } from '../bus.js';
import { topicNames } from '../topics.js';
import { deadLetterHeaders, deadLetterRecord } from './dead-letter.js';

const topics = topicNames();
const record: BusRecord = {
  topic: topics.measurement,
  partition: 3,
  offset: 9_007_199_254_740_991,
  key: 'orders-db',
  value: Buffer.from([0x7b, 0xff]),
  headers: { 'content-type': 'text/plain', 'dead-letter.code': 'forged' },
  timestampMs: 1_763_942_415_000,
};

test('a dead letter keeps bytes and headers and says where the record lay and why it is here', () => {
  const letter = deadLetterRecord(topics.deadLetter, record, 'invalid_utf8', 'the value is not UTF-8');
  expect(letter).toEqual({
    topic: 'onex.dlq.omninode-mesh.measurement.v1',
    key: 'onex.evt.omninode-mesh.measurement.v1/3/9007199254740991',
    value: Buffer.from([0x7b, 0xff]),
    headers: {
      'original.content-type': 'text/plain',
      'original.dead-letter.code': 'forged',
      'dead-letter.topic': 'onex.evt.omninode-mesh.measurement.v1',
      'dead-letter.partition': '3',
      'dead-letter.offset': '9007199254740991',
      'dead-letter.key': 'orders-db',
      'dead-letter.record-time': '1763942415000',
      'dead-letter.code': 'invalid_utf8',
      'dead-letter.detail': 'the value is not UTF-8',
    },
  });
  expect(deadLetterHeaders.safeParse(letter.headers).success).toBe(true);
});

test('a record without a key or a value has neither as a dead letter', () => {
  const letter = deadLetterRecord(topics.deadLetter, { ...record, key: null, value: null }, 'empty_record', '');
  expect(letter.value).toBeNull();
  expect(letter.headers).not.toHaveProperty('dead-letter.key');
});

test('a value that a broker would refuse is cut, and the letter says so', () => {
  const value = Buffer.alloc(2_000_000, 0x31);
  const letter = deadLetterRecord(topics.deadLetter, { ...record, value }, 'record_too_large', 'x'.repeat(600));
  expect(letter.value).toHaveLength(921_600);
  expect(letter.headers).toMatchObject({ 'dead-letter.cut-from': '2000000', 'dead-letter.detail': 'x'.repeat(500) });
});
