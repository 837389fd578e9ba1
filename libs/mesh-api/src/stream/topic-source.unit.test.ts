import { topicNames, type BusRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { sampleNowMs } from '../testing/api-service.js';
import { alertSource, commandSource, type SourceFollow } from './topic-source.js';
import type { StreamChange } from './stream-source.js';

const topics = topicNames();
const alert = {
  v: 1,
  fingerprint: '00112233445566aa',
  name: 'PoolFull',
  state: 'firing',
  severity: 'critical',
  annotations: {},
  labels: {
    alertname: 'PoolFull',
    target: 'orders',
  },
  startsAt: sampleNowMs,
  ruleVersion: 'r1',
  time: sampleNowMs,
};
const command = {
  v: 1,
  id: 'c1',
  entity: 'shop',
  parameter: 'pool.max',
  value: 5,
  expectedCurrent: 4,
  generation: 1,
  fence: 0,
  issuedAt: sampleNowMs,
  expiresAt: sampleNowMs + 9,
  reason: 'Why.',
  evidence: {},
  mode: 'apply',
};

test('alerts by fingerprint, about their target; resolved ones are over', async () => {
  const { changes, put, stop } = await followed(alertSource);
  put({ key: alert.fingerprint, value: JSON.stringify(alert) });
  put({ key: alert.fingerprint, value: JSON.stringify({ ...alert, state: 'resolved', endsAt: sampleNowMs }) });
  put({ key: alert.fingerprint, value: null });
  expect(changes).toMatchObject([
    { key: alert.fingerprint, entity: 'orders', data: { state: 'firing' }, isOver: false },
    { key: alert.fingerprint, entity: 'orders', data: { state: 'resolved' }, isOver: true },
  ]);
  await stop();
});

test('commands by entity and parameter, until they expire', async () => {
  const { changes, put, stop } = await followed(commandSource);
  put({ key: 'shop', value: JSON.stringify(command) });
  expect(changes).toMatchObject([
    { key: '["shop","pool.max"]', entity: 'shop', expiresAtMs: sampleNowMs + 9, data: { id: 'c1' } },
  ]);
  await stop();
});

test('what can not be read is told by its code and left out; after the end nothing comes', async () => {
  const { changes, errors, put, stop } = await followed(commandSource);
  put({ key: 'shop', value: '{"secret":"hunter2"}' });
  expect(errors).toMatchObject([
    { code: 'RECORD_UNREADABLE', message: expect.not.stringContaining('hunter2') as string },
  ]);
  await stop();
  put({ key: 'shop', value: JSON.stringify(command) });
  expect(changes).toEqual([]);
});

/** Follows a log of which the test is the other end. */
async function followed(make: typeof alertSource) {
  const changes: StreamChange[] = [];
  const errors: Error[] = [];
  let options: SourceFollow | undefined;
  const follow = async (given: SourceFollow) => {
    options = given;
    return { caughtUp: Promise.resolve(), close: async () => undefined };
  };
  const source = make({ follow, topics, onError: (error) => errors.push(error) });
  const stop = source.subscribe((change) => changes.push(change));
  await Promise.resolve();
  const put = ({ key, value }: { key: string; value: string | null }) => {
    const bytes = value === null ? null : Buffer.from(value);
    const record: BusRecord = {
      topic: '',
      partition: 0,
      offset: 0,
      headers: {},
      timestampMs: 0,
      key,
      value: bytes,
    };
    options!.onRecord(record);
  };
  return { changes, errors, put, stop };
}
