import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decodeRecord } from './codec/decode.js';
import { slotsOf } from './codec/slots.js';
import { contentTypes } from './measurement.js';
import type { Columns, DecodedRecord, DictionarySlice } from './measurement.js';

const root = new URL('../../../', import.meta.url);
const example = new URL('examples/python/omninode_records.py', root);
const howTo = readFileSync(new URL('docs/how-to/read-and-write-the-topics.md', root), 'utf8');
const hasPython = spawnSync('python3', ['--version'], { timeout: 10_000 }).status === 0;
const needsPython = test.skipIf(!hasPython);
if (!hasPython)
  console.warn('skipped: python3 is not on the PATH; install Python 3.9 or newer to test examples/python');

test('the example is at most 40 lines and needs nothing but the standard library', () => {
  const lines = readFileSync(example, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(40);
  const imports = lines.filter((line) => /^\s*(import|from)\s/.test(line));
  expect(imports).toEqual(['import json', 'import time']);
});

needsPython('Python reads the golden records as the decoder does', () => {
  const goldens = [
    ['rows', contentTypes.rows],
    ['dictionary', contentTypes.columns],
    ['data', contentTypes.columns],
    ['event', contentTypes.columns],
    ['close', contentTypes.columns],
  ] as const;
  const records = goldens.map(([name, contentType]) => [golden(name).toString(), contentType]);
  const read = python(
    'dictionaries = {}\n' +
      'given = json.load(sys.stdin)\n' +
      'print(json.dumps([list(omninode_records.read_record(value.encode(), kind, dictionaries)) for value, kind in given]))',
    records,
  );
  const rows = decoded(golden('rows'), contentTypes.rows);
  const { dictionary } = decoded(golden('dictionary'), contentTypes.columns);
  const data = decoded(golden('data'), contentTypes.columns);
  expect(read).toEqual([valuesOf(rows, rows.dictionary), [], valuesOf(data, dictionary), [], []]);
});

needsPython('what Python writes, the decoder takes', () => {
  const points = [
    { name: 'shop_orders_total', kind: 'counter', labels: { region: 'größer' }, value: 3 },
    { name: 'shop_seconds', kind: 'histogram', labels: {}, histogram: { bounds: [0.5], counts: [1, 2], sum: 3.25 } },
  ];
  const [key, value, headers] = python(
    'key, value, headers = omninode_records.write_rows("shop", "shop/1", json.load(sys.stdin))\n' +
      'print(json.dumps([key.decode(), value.decode(), [[name, header.decode()] for name, header in headers]]))',
    points,
  ) as [string, string, [string, string][]];
  const result = decodeRecord(Buffer.from(value), Object.fromEntries(headers)['content-type'], key);
  if (!result.ok) throw new Error(JSON.stringify(result));
  expect(result.record).toMatchObject({ entity: 'shop', producer: 'shop/1', rejected: [] });
  expect(Math.abs(result.record.timeMs - Date.now())).toBeLessThan(60_000);
  expect(valuesOf(result.record, result.record.dictionary).map(([, , , read]) => read)).toEqual([
    3,
    points[1]?.histogram,
  ]);
});

test("the how-to's record for kcat is one that the decoder takes", () => {
  const [, script = ''] = /```sh\n(echo .*?)```/s.exec(howTo) ?? [];
  const printing = spawnSync('sh', ['-c', `kcat() { cat; }\n${script}`], { encoding: 'utf8', timeout: 20_000 });
  const [, key = ''] = / -k (\S+)/.exec(script) ?? [];
  const [, contentType = ''] = /content-type=(\S+)/.exec(script) ?? [];
  const result = decodeRecord(Buffer.from(printing.stdout), contentType, key);
  expect(result).toMatchObject({ ok: true, record: { entity: 'shop', rejected: [], data: { values: [1204] } } });
});

needsPython("the how-to's Python is Python, and what it imports exists", () => {
  const [, script = ''] = /```python\n(.*?)```/s.exec(howTo) ?? [];
  const imported = python(
    'import ast\n' +
      'tree = ast.parse(json.load(sys.stdin))\n' +
      'names = [alias.name for node in tree.body if getattr(node, "module", "") == "omninode_records" for alias in node.names]\n' +
      'print(json.dumps([[name, callable(getattr(omninode_records, name, None))] for name in names]))',
    script,
  );
  expect(imported).toEqual([
    ['read_record', true],
    ['write_rows', true],
  ]);
});

function python(code: string, input: unknown): unknown {
  const folder = fileURLToPath(new URL('.', example));
  const program = `import json, sys\nsys.path.insert(0, ${JSON.stringify(folder)})\nsys.dont_write_bytecode = True\nimport omninode_records\n${code}`;
  const options = {
    input: JSON.stringify(input),
    encoding: 'utf8',
    timeout: 20_000,
    env: { PYTHONIOENCODING: 'utf-8', PATH: process.env.PATH },
  } as const;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], options);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function golden(name: string): Buffer {
  return readFileSync(new URL(`libs/contracts/testdata/v1/${name}.json`, root));
}

function decoded(value: Buffer, contentType: string): DecodedRecord {
  const { e, entity } = JSON.parse(value.toString()) as { e?: string; entity?: string };
  const result = decodeRecord(value, contentType, e ?? entity ?? null);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.record;
}

/** [name, labels, time in ms, value] of each point, as the example yields them. */
function valuesOf({ data, timeMs }: DecodedRecord, dictionary: DictionarySlice | null): unknown[][] {
  if (!data || !dictionary) return [];
  const indexes = data.indexes ?? Array.from({ length: data.known }, (_, index) => index);
  let slot = 0;
  const points = indexes.map((index, at) => {
    const { name, labels, kind, bounds } = seriesOf(dictionary, index);
    const slots = data.values.slice(slot, (slot += slotsOf(kind, bounds)));
    return [
      name,
      labels,
      timeMs + (data.timeOffsetsMs?.[at] ?? 0),
      kind === 'histogram' ? histogramOf(bounds, slots) : slots[0],
    ];
  });
  return [...points, ...exponentialsOf(data, timeMs, dictionary)];
}

function exponentialsOf({ exponentials }: Columns, timeMs: number, dictionary: DictionarySlice): unknown[][] {
  return exponentials.map(([index, { zeroCount, ...value }]) => {
    const { name, labels } = seriesOf(dictionary, index);
    return [name, labels, timeMs, { ...value, zero: zeroCount }];
  });
}

function histogramOf(bounds: readonly number[], slots: readonly number[]): object {
  return { bounds, counts: slots.slice(0, -1), sum: slots.at(-1) };
}

function seriesOf({ series, metrics }: DictionarySlice, index: number) {
  const [metric, values] = series[index] ?? [-1, []];
  const definition = metrics[metric];
  if (!definition) throw new Error(`no series ${index}`);
  const labels = Object.fromEntries(definition.labelNames.map((label, at) => [label, values[at]]));
  return { ...definition, labels };
}
