import { expect, test } from 'vitest';
import { errors } from '../errors.js';
import { unprocessed, unreadable } from './dead-letter.js';

const record = { topic: 'hooks', partition: 2, offset: '17', key: Buffer.from('k'), value: Buffer.from('{"broken') };
const failure = { error: errors.ACTION_UNSUPPORTED(), attempts: 3, requestId: 'r-1', atMs: 0 };
const time = '1970-01-01T00:00:00.000Z';
const reason = 'Nothing here knows how to process this action.';
const headers = { original_topic: 'hooks', failure_reason: reason, failure_timestamp: time, event_type: 'dlq_message' };

test('the older dialect', () => {
  const { topic, messages } = unreadable(record, failure);
  expect([topic, messages[0].headers]).toEqual(['hooks-dlq', headers]);
  expect(JSON.parse(messages[0].value)).toEqual({
    original_topic: 'hooks',
    original_key: 'k',
    original_data: '{"broken',
    failure_reason: reason,
    failure_timestamp: time,
    retry_attempts: 3,
  });
});

test('the newer dialect', () => {
  const { topic, messages } = unprocessed({ ...record, key: null }, failure);
  expect([topic, messages[0].key, messages[0].headers]).toEqual(['onex.dlq.omninode-bridge.hooks.v1', null, headers]);
  expect(JSON.parse(messages[0].value)).toEqual({
    original_topic: 'hooks',
    original_message: { key: null, value: '{"broken', offset: '17', partition: 2 },
    failure_reason: reason,
    failure_timestamp: time,
    correlation_id: 'r-1',
    retry_count: 3,
    error_type: 'ACTION_UNSUPPORTED',
  });
});
