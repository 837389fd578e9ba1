import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { contractArtifacts } from './artifacts.js';
import { jsonSchemaOf } from './artifacts/json-schema.js';
import { malformedRecords } from './codec/malformed-records.js';
import { columnsRecord } from './records/columns.js';
import { recordKinds } from './records/record-kinds.js';
import { rowsRecord } from './records/rows.js';
import { topicDeclarations } from './topics.js';

const root = new URL('../../../', import.meta.url);
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false });
const validators = new Map(recordKinds.map((kind) => [kind.name, ajv.compile(jsonSchemaOf(kind))]));

test('the generated files are up to date: `npm run generate` writes them', () => {
  for (const { path, content } of contractArtifacts()) {
    const file = new URL(path, root);
    expect(existsSync(file), path).toBe(true);
    expect(readFileSync(file, 'utf8'), path).toBe(content);
  }
});

test('no file of an earlier generation is left over', () => {
  const generated = new Set(contractArtifacts().map(({ path }) => path));
  const present = readdirSync(new URL('docs/reference/contract/', root)).map(
    (file) => `docs/reference/contract/${file}`,
  );
  expect(present.filter((path) => !generated.has(path))).toEqual([]);
});

test.each(recordKinds)(
  'the JSON Schema of $name accepts the golden record, and no other kind of it',
  ({ name, topic }) => {
    const body: unknown = JSON.parse(readFileSync(new URL(`libs/contracts/testdata/v1/${name}.json`, root), 'utf8'));
    // A memory is any object, so its schema accepts all of them.
    const accepting = [...validators].filter(([, validate]) => validate(body)).map(([schema]) => schema);
    expect(accepting.filter((schema) => schema === name || schema !== 'memory')).toEqual([name]);
    expect(topicDeclarations).toHaveProperty(topic);
  },
);

test('the JSON Schemas refuse nothing that the reader takes, and most of what it refuses', () => {
  const refused = { byReader: 0, bySchema: 0 };
  let left = 4_000;
  for (const { value, contentType } of malformedRecords(1)) {
    if (left-- === 0) break;
    const body = jsonOf(value.toString());
    if (body === undefined) continue;
    const isRows = contentType === 'application/json';
    const names = isRows ? ['rows'] : ['dictionary', 'data', 'event', 'close'];
    const isTaken = (isRows ? rowsRecord : columnsRecord).safeParse(body).success;
    const isValid = names.some((name) => validators.get(name)?.(body));
    expect({ isTaken, isValid, body }).not.toMatchObject({ isTaken: true, isValid: false });
    refused.byReader += Number(!isTaken);
    refused.bySchema += Number(!isValid);
  }
  expect(refused.bySchema / refused.byReader).toBeGreaterThan(0.8);
});

test('every field of every record says what it is', () => {
  const fields = recordKinds.flatMap((kind) => undescribed(jsonSchemaOf(kind), kind.name));
  expect(fields).toEqual([]);
});

test('every reference in the AsyncAPI document leads somewhere', () => {
  const artifacts = contractArtifacts();
  const text = artifacts.find(({ path }) => path.endsWith('asyncapi.json'))?.content ?? '';
  const document: unknown = JSON.parse(text);
  const references = [...text.matchAll(/"\$ref": "([^"]+)"/g)].map(([, reference]) => reference ?? '');
  expect(references.length).toBeGreaterThan(20);
  const missing = references.filter((reference) =>
    reference.startsWith('./')
      ? !artifacts.some(({ path }) => path === `docs/reference/contract/${reference.slice(2)}`)
      : !resolves(document, reference),
  );
  expect(missing).toEqual([]);
});

function undescribed(schema: object, path: string): string[] {
  const {
    properties = {},
    items,
    oneOf = [],
  } = schema as { properties?: Record<string, { description?: string }>; items?: object; oneOf?: object[] };
  const here = Object.entries(properties).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}.${name}`]),
    ...undescribed(field, `${path}.${name}`),
  ]);
  return [...here, ...[...oneOf, ...(items ? [items] : [])].flatMap((nested) => undescribed(nested, `${path}[]`))];
}

function resolves(document: unknown, reference: string): boolean {
  let at = document as Record<string, unknown> | undefined;
  for (const name of reference.slice(2).split('/')) at = at?.[name] as Record<string, unknown> | undefined;
  return at !== undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
