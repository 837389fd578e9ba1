import { contentTypes } from '../measurement.js';

/**
 * Records as nobody should send them, for tests of whatever reads the measurement topic. Pure: the same seed makes the same
 * records. A few of them happen to be harmless (a flipped bit in a text): the schemas tell which.
 */
export interface MalformedRecord {
  /** What was done to it. */
  readonly fault: string;
  readonly value: Buffer;
  readonly contentType: string | undefined;
  readonly key: string | null;
}

export function* malformedRecords(seed: number): Generator<MalformedRecord, never> {
  const random = randomFrom(seed);
  for (;;) {
    const valid = pick(bases, random);
    const [fault, spoil] = pick(faults, random);
    const value = spoil(valid.text, random);
    const contentType = fault === 'content type' ? pick(otherTypes, random) : valid.contentType;
    yield { fault, value, contentType, key: fault === 'key' ? pick(['', 'other', null], random) : 'orders-db' };
  }
}

type Random = () => number;
type Fault = readonly [name: string, spoil: (text: string, random: Random) => Buffer];

const timeMs = 1_763_942_415_000;
const head = { v: 1, p: 'database/orders-db', e: 'orders-db', n: 41, q: 2, t: timeMs };
const bases = [
  base(contentTypes.columns, {
    ...head,
    k: 'dict',
    from: 0,
    m: [
      ['omninode_active_connections', 'gauge', 'connections', 'In use.', ['target', 'pool']],
      ['omninode_request_duration_seconds', 'histogram', 'seconds', '', ['target'], [0.1, 1]],
    ],
    s: [
      [0, ['orders-db', 'server']],
      [1, ['orders-db']],
    ],
  }),
  base(contentTypes.columns, { ...head, k: 'data', d: 4, x: [17, 0.25, 4, 1e9] }),
  base(contentTypes.columns, {
    ...head,
    k: 'data',
    d: 5,
    i: [0, 1, 3],
    x: [17, 48_211, 9.5],
    dt: [0, -40, 0],
    r: [[1, timeMs]],
    h: [[4, 3, 2, 12.5, -4, [0, 7, 1]]],
  }),
  base(contentTypes.columns, {
    ...head,
    k: 'event',
    ev: [{ name: 'breaker.opened', t: timeMs, attributes: { breaker: 'payments', last: { error: ['timeout'] } } }],
  }),
  base(contentTypes.columns, { ...head, k: 'close', dropped: 0 }),
  base(contentTypes.rows, {
    v: 1,
    producer: 'shop/1',
    entity: 'orders-db',
    incarnation: 7,
    seq: 1,
    time: timeMs,
    points: [
      { name: 'shop_orders_total', kind: 'counter', labels: { region: 'eu' }, value: 3, start: timeMs, time: timeMs },
      {
        name: 'shop_seconds',
        kind: 'histogram',
        unit: 'seconds',
        help: 'H.',
        labels: {},
        histogram: { bounds: [1], counts: [2, 1], sum: 2.5 },
      },
    ],
    events: [{ name: 'shop.closed', time: timeMs, attributes: {} }],
  }),
];
const otherTypes = [
  '',
  'text/plain',
  'application/xml',
  contentTypes.rows,
  contentTypes.columns,
  'application/vnd.omninode.columns+json',
  'application/vnd.omninode.columns+json; v=2',
  'application/json;;;;charset',
  ';',
  '\u0000',
];

const faults: readonly Fault[] = [
  ['wrong member', (text, random) => Buffer.from(replaceMember(text, pick(wrongValues, random), random))],
  [
    'two wrong members',
    (text, random) =>
      Buffer.from(
        replaceMember(replaceMember(text, pick(wrongValues, random), random), pick(wrongValues, random), random),
      ),
  ],
  ['missing member', (text, random) => Buffer.from(replaceMember(text, '', random))],
  ['added member', (text, random) => Buffer.from(text.replace('{', `{${pick(extraMembers, random)},`))],
  ['repeated element', (text, random) => Buffer.from(repeatElement(text, random))],
  ['truncated', (text, random) => Buffer.from(text).subarray(0, below(text.length, random))],
  ['flipped bits', (text, random) => flipBits(Buffer.from(text), random)],
  ['bad UTF-8', (text, random) => insert(text, pick(badUtf8, random), random)],
  ['no JSON', (_, random) => Buffer.from(pick(noJson, random))],
  [
    'deep nesting',
    (text, random) =>
      Buffer.from(replaceMember(text, deep(pick(['[', '{"a":'], random), size(100_000, random)), random)),
  ],
  [
    'huge text',
    (text, random) => Buffer.from(replaceMember(text, JSON.stringify('x'.repeat(size(100_000, random))), random)),
  ],
  [
    'long list',
    (text, random) =>
      Buffer.from(
        replaceMember(
          text,
          `[${Array.from({ length: size(20_000, random) }, () => pick(['null', '1', '[]'], random)).join()}]`,
          random,
        ),
      ),
  ],
  ['many bad values', (text) => Buffer.from(text.replace('"x":[', `"x":[${'null,'.repeat(1_500)}`))],
  ['random bytes', (_, random) => Buffer.from(Array.from({ length: below(200, random) }, () => below(256, random)))],
  ['content type', (text) => Buffer.from(text)],
  ['key', (text) => Buffer.from(text)],
];

const wrongValues = [
  'null',
  'true',
  '""',
  '"x"',
  '[]',
  '{}',
  '[[]]',
  '[{}]',
  '-1',
  '0',
  '-0',
  '0.5',
  '1e999',
  '-1e999',
  'NaN',
  '1e300',
  '4294967295',
  '2147483648',
  '9007199254740993',
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '"le"',
  '"constructor"',
  '{"toString":1}',
  '{"length":1e9}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '[1,"2",null]',
  '[[0,null]]',
  '{"__proto__":"x"}',
  '"2025-11-24T00:00:00Z"',
  '1763942415',
];
const extraMembers = [
  '"__proto__":{"polluted":true}',
  '"v":2',
  '"k":"data"',
  '"k":"later"',
  '"k":1',
  '"e":"other"',
  '"x":{"length":4294967295}',
  '"i":[4294967295]',
  '"seq":-1',
  '"points":null',
];
const badUtf8 = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf8, 0x88, 0x80, 0x80, 0x80]].map((bytes) =>
  Buffer.from(bytes),
);
const noJson = [
  '',
  ' ',
  'null',
  '1',
  '"text"',
  '[]',
  '{',
  '}',
  'NaN',
  '{v:1}',
  "{'v':1}",
  '{"v":1,}',
  '\ufeff{"v":1}',
  '{"v":1}{"v":1}',
  '<xml/>',
  '{"v":1',
];

function base(contentType: string, body: object): { readonly text: string; readonly contentType: string } {
  return { text: JSON.stringify(body), contentType };
}

/** Puts a text of JSON in the place of some member or element; the empty text takes it out. */
function replaceMember(text: string, replacement: string, random: Random): string {
  const marker = '\u0001';
  let holder: Record<string, unknown>;
  try {
    holder = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A fault before this one left no JSON: put the replacement in front.
    return replacement + text;
  }
  if (typeof holder !== 'object' || holder === null) return replacement;
  const body = holder;
  for (;;) {
    const names = Object.keys(holder);
    const name = names[below(names.length, random)];
    if (name === undefined) return replacement;
    const member = holder[name];
    if (typeof member === 'object' && member !== null && Object.keys(member).length > 0 && random() < 0.8) {
      holder = member as Record<string, unknown>;
      continue;
    }
    if (replacement !== '') holder[name] = marker;
    else if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete holder[name];
    return JSON.stringify(body).replace(JSON.stringify(marker), () => replacement);
  }
}

/** Writes one element of a list twice: a duplicate series, a slot too many, an index that comes again. */
function repeatElement(text: string, random: Random): string {
  const lists: unknown[][] = [];
  const body: unknown = JSON.parse(text, (_, member: unknown) => {
    if (Array.isArray(member) && member.length > 0) lists.push(member);
    return member;
  });
  const list = lists[below(lists.length, random)];
  list?.push(list[below(list.length, random)]);
  return JSON.stringify(body);
}

function flipBits(value: Buffer, random: Random): Buffer {
  for (let times = 1 + below(4, random); times > 0; times--) {
    const at = below(value.length, random);
    value.writeUInt8(value.readUInt8(at) ^ (1 << below(8, random)), at);
  }
  return value;
}

function insert(text: string, bytes: Buffer, random: Random): Buffer {
  const at = below(text.length, random);
  return Buffer.concat([Buffer.from(text.slice(0, at)), bytes, Buffer.from(text.slice(at))]);
}

function deep(opening: string, levels: number): string {
  const closing = opening === '[' ? ']' : '}';
  return opening.repeat(levels) + (opening === '[' ? '' : '1') + closing.repeat(levels);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[below(list.length, random)] as T;
}

/** An integer from 0 on, below `end`. */
function below(end: number, random: Random): number {
  return Math.floor(random() * end);
}

/** A size up to `end`, the small ones as often as the great ones. */
function size(end: number, random: Random): number {
  return Math.floor(end ** random());
}

/** mulberry32 by Tommy Ettinger, public domain: enough for tests, and the same on every machine. */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
