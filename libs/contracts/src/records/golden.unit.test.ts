import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeRecord } from '../codec/decode.js';
import { readRecord } from './read-record.js';
import { recordKinds } from './record-kinds.js';

const folder = new URL('../../testdata/v1/', import.meta.url);
const measurements = recordKinds.filter(({ topic }) => topic === 'measurement');

test('each kind of record has a golden file, and nothing else lies there', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files.toSorted()).toEqual(recordKinds.map(({ name }) => `${name}.json`).toSorted());
  const expectations = readdirSync(new URL('decoded/', folder));
  expect(expectations.toSorted()).toEqual(measurements.map(({ name }) => `${name}.json`).toSorted());
});

test.each(recordKinds)('the golden $name record is accepted by its schema and loses nothing', ({ name, schema }) => {
  const value = golden(name);
  expect(readRecord(schema, value)).toEqual({ ok: true, record: JSON.parse(value.toString()) });
});

test.each(measurements)('the golden $name record decodes to what was agreed', ({ name, contentType }) => {
  const value = golden(name);
  const record = decodeRecord(value, contentType, entityOf(value));
  expect(record).toEqual({ ok: true, record: expected(name) });
});

test.each(measurements)(
  'a $name record of a later version with more fields decodes to the same',
  ({ name, contentType }) => {
    const value = golden(name);
    const later = Buffer.from(JSON.stringify(withMore(JSON.parse(value.toString()))));
    expect(decodeRecord(later, contentType, entityOf(value))).toEqual({ ok: true, record: expected(name) });
  },
);

function golden(name: string): Buffer {
  return readFileSync(new URL(`${name}.json`, folder));
}

function expected(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`decoded/${name}.json`, folder), 'utf8'));
}

function entityOf(value: Buffer): string {
  const { e, entity } = JSON.parse(value.toString()) as { e?: string; entity?: string };
  return e ?? entity ?? '';
}

/** Adds a member to every object with a fixed form and an element to every tuple that may grow. */
function withMore(body: Record<string, unknown>): unknown {
  const grown: Record<string, unknown> = { ...body, later: { field: [1] } };
  for (const list of ['points', 'events', 'ev']) {
    if (Array.isArray(body[list])) grown[list] = body[list].map((entry: object) => ({ ...entry, later: true }));
  }
  for (const list of ['s', 'r', 'h']) {
    if (Array.isArray(body[list])) grown[list] = body[list].map((entry: unknown[]) => [...entry, 'later']);
  }
  if (Array.isArray(body.m))
    grown.m = body.m.map((entry: unknown[]) => [...entry, ...(entry.length < 6 ? [[]] : []), 'later']);
  return grown;
}
