import { defineErrors } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { Secret } from '../configuration/secret.js';
import { createLogger } from './logger.js';
import { nestLogger } from './nest-logger.js';
import type { LoggerOptions } from './logger.js';

function logTo(options: Partial<LoggerOptions> = {}) {
  const written: string[] = [];
  const destination = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ service: 'cache-collector', format: 'json', destination, ...options });
  const fields = () => {
    const { time, ...rest } = JSON.parse(written.at(-1)!) as Record<string, unknown>;
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return rest;
  };
  return { logger, written, fields };
}

const errors = defineErrors({
  BROKER_AWAY: { phase: 'bus', retryable: true, message: 'The broker {address} does not answer.' },
});

test('a line is a sentence with fields', () => {
  const { logger, fields, written } = logTo();
  logger.child({ component: 'bus' }).info('The bus is connected.', { brokers: 3 });
  expect(fields()).toEqual({
    level: 'info',
    service: 'cache-collector',
    component: 'bus',
    brokers: 3,
    msg: 'The bus is connected.',
  });
  expect(written.at(-1)).toMatch(/\}\n$/);
});

test('no name comes twice in a line, and none replaces one of the logger’s', () => {
  const { logger, written, fields } = logTo();
  logger
    .child({ component: 'a', n: 1 })
    .child({ component: 'b' })
    .warn('It is so.', { n: 2, level: 9, time: 5, msg: 'x' });
  expect(written[0]!.match(/"component"/g)).toHaveLength(1);
  expect(fields()).toMatchObject({
    level: 'warn',
    component: 'b',
    n: 2,
    level_: 9,
    time_: 5,
    msg: 'It is so.',
    msg_: 'x',
  });
});

test('lines below the level are not written', () => {
  const { logger, written } = logTo({ level: 'warn' });
  logger.debug('A.');
  logger.info('B.');
  logger.warn('C.');
  logger.error('D.');
  logTo({ level: 'silent' }).logger.error('E.');
  expect(written).toHaveLength(2);
});

test('no field shows a secret, however deep it lies', () => {
  const { logger, written } = logTo();
  const url = 'postgres://app:hun/ter2@db/orders';
  logger.child({ token: 'hunter2', secret: new Secret('hunter2') }).error('It failed.', {
    password: 'hunter2',
    saslPassword: 'hunter2',
    headers: { authorization: 'Bearer hunter2', Cookie: 'a=hunter2', 'x-api-key': 'hunter2' },
    list: [{ apiKey: 'hunter2' }, new Secret('hunter2'), `see ${url}, redis://:hunter2@cache`],
    map: new Map([['client_secret', 'hunter2']]),
    url: new URL('https://app:hunter2@x/y'),
    bytes: Buffer.from('hunter2'),
    error: new Error(`connect ${url} failed`, { cause: new AggregateError([new Error(url)], url) }),
    [Symbol('hunter2')]: 'hunter2',
  });
  expect(written[0]).not.toContain('hunter2');
  expect(written[0]).not.toContain('ter2');
  expect(written[0]).toContain('postgres://***@db/orders');
});

test('an error is its code, message and causes; a stack only where nobody foresaw it', () => {
  const { logger, fields } = logTo();
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9092'), { code: 'ECONNREFUSED' });
  logger.warn('It failed.', { error: errors.BROKER_AWAY({ address: 'k:9092' }, refused) });
  expect(fields().error).toEqual({
    code: 'BROKER_AWAY',
    message: 'The broker k:9092 does not answer.',
    cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9092' },
  });
  logger.error('It failed.', { error: new TypeError('x is not a function') });
  expect(fields().error).toMatchObject({
    code: 'UNEXPECTED',
    message: 'x is not a function',
    stack: expect.stringContaining('logger.unit.test'),
  });
});

test('fields of any shape are written, in bounded length', () => {
  const { logger, fields, written } = logTo();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  logger.info('Odd.', {
    circle,
    big: 10n,
    undefined,
    run: () => 1,
    long: 'x'.repeat(100_000),
    many: Array.from({ length: 1_000 }, () => 1),
    at: new Date(0),
  });
  expect(fields()).toMatchObject({
    big: '10',
    run: '[function]',
    at: '1970-01-01T00:00:00.000Z',
    circle: { self: { self: { self: { self: '[deeper]' } } } },
  });
  expect(written[0]!.length).toBeLessThan(6_000);
});

test('a line for people has the time of day, the severity, who speaks, the sentence and the fields', () => {
  const { logger, written } = logTo({ format: 'pretty' });
  logger.child({ component: 'collector' }).info('The target answers again.', {
    target: 'orders-db',
    after: 1.5,
    reason: 'two words',
    error: errors.BROKER_AWAY({ address: 'k:1' }),
  });
  expect(written[0]!.replace(/^\d\d:\d\d:\d\d/, '12:03:04')).toBe(
    '12:03:04 info  collector  The target answers again.  target=orders-db  after=1.5  reason="two words"  error.code=BROKER_AWAY  error.message="The broker k:1 does not answer."\n',
  );
});

test('nothing that a field holds ends a line for people or colours the terminal', () => {
  const { logger, written } = logTo({ format: 'pretty' });
  logger.warn('One\nline.', { reason: 'a\nb\u001B[31m\u0085\u2028c', 'odd\nname': 1 });
  expect(written[0]!.split('\n')).toHaveLength(2);
  expect(written[0]).not.toContain('\u001B');
  expect(written[0]).not.toMatch(/[\u0085\u2028]/);
});

test('Nest’s lines have our format, and its start-up is for debugging', () => {
  const { logger, written, fields } = logTo({ level: 'debug' });
  const nest = nestLogger(logger);
  nest.log('Mapped {/livez, GET} route', 'RouterExplorer');
  expect(fields()).toMatchObject({ level: 'debug', component: 'RouterExplorer', msg: 'Mapped {/livez, GET} route' });
  nest.log('Something else', 'OwnThing');
  expect(fields()).toMatchObject({ level: 'info', component: 'OwnThing' });
  nest.error('It broke', 'Error: at postgres://u:hunter2@h', 'ExceptionsHandler');
  expect(fields()).toMatchObject({
    level: 'error',
    component: 'ExceptionsHandler',
    stack: 'Error: at postgres://***@h',
  });
  nest.error(new TypeError('boom'), 'ExceptionsHandler');
  expect(fields()).toMatchObject({ msg: 'Nest met an error.', error: { message: 'boom' } });
  nest.warn({ odd: true });
  expect(fields()).toMatchObject({ level: 'warn', component: 'Nest', msg: '{"odd":true}' });
  expect(written.join('')).not.toContain('hunter2');
});
