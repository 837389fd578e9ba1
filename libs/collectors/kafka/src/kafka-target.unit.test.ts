import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { readAnnouncedTarget } from './announced-target.js';
import { explainError } from './explain-error.js';
import { connectionTo, kafkaTargets } from './kafka-target.js';

const limits = { connectTimeoutMs: 1_000, requestTimeoutMs: 2_000 };
const configured = (url: string, options: Readonly<Record<string, unknown>> = {}) =>
  kafkaTargets([{ id: 'events', kind: 'kafka', url: new Secret(url), labels: {}, options }])[0]!;
const announced = (address: string) =>
  readAnnouncedTarget({ v: 1, id: 'events', kind: 'kafka', address, time: 0 }, undefined);

test('a list of brokers, with and without a scheme', () => {
  expect(connectionTo(configured('a:9092,b:9093'), limits)).toEqual({
    brokers: ['a:9092', 'b:9093'],
    clientId: 'omninode-mesh',
    connectTimeoutMs: 1_000,
    requestTimeoutMs: 2_000,
  });
  expect(configured('kafka://a,b:9093').brokers).toEqual(['a:9092', 'b:9093']);
});

test('a login in the URL, or in the options, which win', () => {
  const { sasl, tls } = connectionTo(configured('kafka+ssl://mon:p%40ss%3Aword@a:9093,b:9093'), limits);
  expect(tls).toBe(true);
  expect(sasl).toEqual({ mechanism: 'scram-sha-512', username: 'mon', password: 'p@ss:word' });
  const options = { mechanism: 'plain', username: 'other', password: new Secret('x') };
  expect(connectionTo(configured('kafka://mon:y@a:9092', options), limits).sasl).toEqual({
    mechanism: 'plain',
    username: 'other',
    password: 'x',
  });
  expect(JSON.stringify(configured('kafka://mon:s3cret@a:9092'))).not.toContain('s3cret');
});

test('other kinds of targets are none of ours', () => {
  expect(kafkaTargets([{ id: 'x', kind: 'cache', url: new Secret('redis://a'), labels: {}, options: {} }])).toEqual([]);
});

test('an announced target: its address is a list of brokers, or it is refused', async () => {
  expect(await announced('a:9092,b:9092')).toMatchObject({ brokers: ['a:9092', 'b:9092'] });
  expect(await announced('kafka+ssl://mon@a:9093')).toMatchObject({ tls: {}, login: { username: 'mon' } });
  await expect(announced('http://a:9092')).rejects.toMatchObject({ code: 'TARGET_URL_INVALID' });
  await expect(announced('kafka://')).rejects.toMatchObject({ code: 'TARGET_URL_INVALID' });
});

test('an error that nobody foresaw says where, and repeats no text that may hold a secret', () => {
  const explained = explainError(new Error('s3cret'), configured('kafka://mon:s3cret@a:9092'));
  expect(explained.status).toBe('degraded');
  expect(explained.reason).toContain('a:9092');
  expect(explained.reason).not.toContain('s3cret');
});
