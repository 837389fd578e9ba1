import { expect, test } from 'vitest';
import { alertRecord } from './alert.js';
import { commandRecord, signedText } from './command.js';
import type { CommandRecord } from './command.js';
import { isClaim, memoryHeaders, memoryRecord } from './memory.js';
import { outcomeRecord } from './outcome.js';
import { readRecord } from './read-record.js';
import { rollupKey, rollupRecord } from './rollup.js';
import { targetRecord } from './target.js';

const time = Date.UTC(2025, 10, 24);

const alert = {
  v: 1,
  fingerprint: '0123456789abcdef',
  name: 'PoolExhausted',
  state: 'firing',
  severity: 'critical',
  labels: { alertname: 'PoolExhausted', target: 'orders-db' },
  annotations: { summary: 'The pool is full.' },
  startsAt: time,
  ruleVersion: 'a1',
  time,
};
const command: CommandRecord = {
  v: 1,
  id: 'c-1',
  entity: 'orders',
  parameter: 'pool.orders.max',
  value: 12,
  expectedCurrent: 10,
  generation: 3,
  fence: 41,
  issuedAt: time,
  expiresAt: time + 60_000,
  reason: 'Requests wait.',
  evidence: { '10': 1, '9': [true], b: { d: 'x', c: null } },
  mode: 'apply',
};
const outcome = {
  v: 1,
  command: 'c-1',
  entity: 'orders',
  instance: 'orders/1',
  parameter: 'pool.orders.max',
  state: 'applied',
  value: 12,
  fence: 41,
  reason: '',
  time,
};
const target = {
  v: 1,
  id: 'orders-db',
  kind: 'database',
  address: 'postgres://watcher@db:5432/orders',
  options: { cores: 8 },
  secrets: { password: 'ORDERS_DB_PASSWORD' },
  time,
};
const rollup = {
  v: 1,
  k: 'counter',
  entity: 'orders-db',
  hour: time,
  closed: true,
  name: 'omninode_database_deadlocks_total',
  unit: 'events',
  labels: { target: 'orders-db', database: 'orders' },
  increase: 2,
} as const;
const memory = { statements: { since: 1 } };
const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', owner: 'collector-1' };

test.each([
  ['alert', alertRecord, alert],
  ['command', commandRecord, command],
  ['outcome', outcomeRecord, outcome],
  ['target', targetRecord, target],
  ['rollup', rollupRecord, rollup],
] as const)('a good %s is read as it is, and fields of a later version are passed over', (_, schema, body) => {
  expect(readRecord(schema, text({ ...body, later: [1] }))).toEqual({ ok: true, record: body });
});

test.each([
  ['a resolved alert without an end', alertRecord, { ...alert, state: 'resolved' }, 'record'],
  ['an end of a firing alert', alertRecord, { ...alert, endsAt: time }, 'record'],
  ['a command that expires before it is issued', commandRecord, { ...command, expiresAt: time }, 'record'],
  [
    'evidence with a prototype',
    commandRecord,
    JSON.parse(`${JSON.stringify(command).slice(0, -1)},"evidence":{"__proto__":{}}}`),
    'evidence',
  ],
  ['a refusal without its reason', outcomeRecord, { ...outcome, state: 'refused' }, 'record'],
  ['a password in the address', targetRecord, { ...target, address: 'postgres://watcher:geheim@db/orders' }, 'address'],
  [
    'a password in a parameter',
    targetRecord,
    { ...target, address: 'postgres://db/orders?password=geheim' },
    'address',
  ],
  ['a rollup of no whole hour', rollupRecord, { ...rollup, hour: time + 1 }, 'hour'],
  ['a rollup that fell', rollupRecord, { ...rollup, increase: -1 }, 'increase'],
  ['a time in seconds', targetRecord, { ...target, time: time / 1000 }, 'time'],
] as const)('%s is refused, and the detail shows no value', (_, schema, body, field) => {
  const result = readRecord(schema, text(body));
  expect(result).toMatchObject({
    ok: false,
    code: 'invalid_record',
    detail: expect.stringMatching(new RegExp(`^${field}`)),
  });
  expect(JSON.stringify(result)).not.toContain('geheim');
});

test('the key of a rollup is the same whatever the order of its labels, and another one for each hour', () => {
  const reordered = { ...rollup, labels: { database: 'orders', target: 'orders-db' } };
  expect(rollupKey(reordered)).toBe(rollupKey(rollup));
  expect(rollupKey({ ...rollup, hour: time + 3_600_000 })).not.toBe(rollupKey(rollup));
  expect(rollupKey(rollup)).toMatch(/ 2025-11-24T00:00:00\.000Z$/);
});

test('what is no JSON at all is refused with its own code', () => {
  const codes = [null, Buffer.from([0xff]), Buffer.from('{')].map((value) => readRecord(alertRecord, value));
  expect(codes).toMatchObject([{ code: 'empty_record' }, { code: 'invalid_utf8' }, { code: 'invalid_json' }]);
});

test('a memory is whatever its families remember', () => {
  expect(readRecord(memoryRecord, text(memory))).toEqual({ ok: true, record: memory });
  expect(readRecord(memoryRecord, text([memory]))).toMatchObject({ ok: false });
});

test('a memory without an incarnation is a claim', () => {
  expect(isClaim(memoryHeaders.parse(headers))).toBe(true);
  expect(isClaim(memoryHeaders.parse({ ...headers, incarnation: '0' }))).toBe(false);
});

test('the signed text does not depend on the order of members and leaves the signature out', () => {
  const reordered = Object.fromEntries(Object.entries({ ...command, signature: 'f'.repeat(64) }).toReversed());
  const expected =
    '{"entity":"orders","evidence":{"10":1,"9":[true],"b":{"c":null,"d":"x"}},"expectedCurrent":10,' +
    `"expiresAt":${time + 60_000},"fence":41,"generation":3,"id":"c-1","issuedAt":${time},"mode":"apply",` +
    '"parameter":"pool.orders.max","reason":"Requests wait.","v":1,"value":12}';
  expect(signedText(command)).toBe(expected);
  expect(signedText(commandRecord.parse(reordered))).toBe(expected);
});

function text(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}
