import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRecord } from './read-record.js';
import { readRollup } from './read-rollup.js';
import { rollupRecord } from './rollup.js';

const hour = Date.UTC(2026, 10, 24, 10);
const values = [4, 0, 1.5, -3, [1, 0, 2]];
const exemplar = { at: hour + 5, seconds: 1.5, status: 'success', requestId: 'r-1', traceId: 't-1' };
const head = { v: 1, entity: 'checkout', hour, closed: true };
const measured = { name: 'omninode_cache_hits_total', unit: 'operations', labels: { target: 'cache' } };
const samples = [
  {
    ...head,
    k: 'operation',
    service: 'checkout',
    component: 'api',
    operation: 'pay',
    requests: { success: 3, failure: 1 },
    durations: { success: values },
    errors: { ECONNREFUSED: 1 },
    timeouts: 0,
    slow: 1,
    retries: 0,
    exemplars: [exemplar],
    folded: 2,
    partial: true,
  },
  { ...head, ...measured, k: 'counter', increase: 12.5, partial: true },
  { ...head, ...measured, k: 'gauge', count: 2, sum: 3, min: -1, max: 4, last: 4, values },
  {
    ...head,
    k: 'statement',
    database: 'orders',
    queryId: '42',
    userId: '10',
    query: 'select $1',
    calls: 3,
    seconds: 4,
    slowestMeanSeconds: 2,
  },
];
/** What breaks readers of JSON: other types, ends of ranges, names that objects have, what JSON can say and JavaScript rounds. */
const odd = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e9,
  1.1e9,
  1e16,
  21,
  '',
  'x',
  '\ud800',
  'x'.repeat(65),
  'y'.repeat(1_025),
  hour + 1,
  946_684_800_000,
  4_102_444_800_000,
  2 ** 31,
  {},
  [],
  { other: 1 },
  { success: 1 },
  { success: values },
  [4, 0, 1, 0, [], 'more'],
  [21, 0, 1, 0, []],
  [4, 0, 1, 2 ** 31, []],
  [4, 0, 1, 0, [-1]],
  [4, 0, 1, 0, Array.from({ length: 1_025 }, () => 1)],
  [exemplar, { ...exemplar, at: 5 }],
  Array.from({ length: 9 }, () => exemplar),
  [{ ...exemplar, further: 1 }],
];
const names = ['k', 'v', 'further', 'folded', 'constructor', '__proto__', 'hour', 'query'];

test('reads every record as the schema does, whatever was done to it', () => {
  const outcomes = { ok: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add'), fc.constantFrom(...odd), fc.nat()), {
        maxLength: 2,
      }),
      (sample, changes) => {
        const value = Buffer.from(changes.reduce(changed, JSON.stringify(sample)));
        const read = readRollup(value);
        outcomes[read.ok ? 'ok' : 'refused']++;
        expect(read).toEqual(readRecord(rollupRecord, value));
      },
    ),
    { numRuns: 20_000 },
  );
  expect(Math.min(outcomes.ok, outcomes.refused)).toBeGreaterThan(2_000);
});

test('what is no JSON at all is refused as the schema does it', () => {
  for (const value of [
    null,
    Buffer.alloc(0),
    Buffer.from([0xff]),
    Buffer.from('{'),
    Buffer.from('[1]'),
    Buffer.from('1'),
  ])
    expect(readRollup(value)).toEqual(readRecord(rollupRecord, value));
  const infinite = Buffer.from(JSON.stringify(samples[1]).replace('12.5', '1e999'));
  expect(readRollup(infinite)).toMatchObject({ ok: false, code: 'invalid_record' });
});

/** One change at some place of the tree: in JSON text, because `__proto__` can't be said otherwise. */
function changed(json: string, [place, how, value, which]: readonly [number, string, unknown, number]): string {
  const body = JSON.parse(json) as object;
  const nodes = nodesOf(body);
  const node = nodes[place % nodes.length] as Record<string, unknown>;
  const keys = Object.keys(node);
  const key = keys[which % Math.max(keys.length, 1)];
  if (how === 'add' || key === undefined) {
    const name = names[which % names.length]!;
    if (Array.isArray(node)) node.push(value);
    else Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
  } else if (how === 'remove') {
    if (Array.isArray(node)) node.pop();
    else delete node[key];
  } else node[key] = value;
  return JSON.stringify(body);
}

function nodesOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(nodesOf)];
}
