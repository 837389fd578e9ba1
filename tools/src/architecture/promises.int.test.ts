import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { programOf, textOf } from './program.js';
import { floatingPromises } from './promises.js';
import { readTree } from './source-tree.js';
import { describe } from './violation.js';

/** What needs types: the whole tree under TypeScript 6, with planted mistakes beside it. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const paths = readTree(root).paths.filter((path) => /\/src\/.*\.ts$/.test(path) && existsSync(join(root, path)));
const sources = paths.filter((path) => !path.endsWith('.d.ts'));

const floating = [
  'work();',
  'work().then(() => undefined);',
  'work().finally(() => undefined);',
  'Promise.all([work()]);',
  'maybe?.();',
  'setInterval(async () => { await work(); }, 1_000);',
  "events.on('x', async () => work());",
  "events.on('x', () => work());",
  '[1].forEach(async () => work());',
  'export const made = new Promise(async (resolve) => resolve(await work()));',
];
const waitedFor = [
  'await work();',
  'void work();',
  'work().catch(report);',
  'work().then(report, report);',
  'work().catch(report).finally(() => undefined);',
  'const kept = work(); await kept;',
  "events.on('x', () => void work());",
  "events.on('x', () => work().catch(report));",
  'await Promise.all([1].map(async () => work()));',
];
const head = `import { EventEmitter } from 'node:events';
const events = new EventEmitter();
declare function work(): Promise<void>;
declare function report(error: unknown): void;
declare const maybe: (() => Promise<void>) | undefined;
`;
const planted = { floating: 'libs/contracts/src/floating.ts', waitedFor: 'libs/contracts/src/waited-for.ts' };
const wrong = 'libs/contracts/src/wrong.ts';
const program = programOf(
  root,
  paths,
  new Map([
    [planted.floating, `${head}${floating.join('\n')}\nexport {};`],
    [planted.waitedFor, `${head}${waitedFor.join('\n')}\nexport {};`],
    [wrong, "export const number: number = 'text';"],
  ]),
);

test('TypeScript 6, which tools and editors use, accepts the code too', { timeout: 120_000 }, () => {
  const said = ts.getPreEmitDiagnostics(program).map(textOf);
  expect(said.filter((text) => text.startsWith(join(root, wrong)))).toHaveLength(1);
  expect(said.filter((text) => !text.startsWith(join(root, wrong)))).toEqual([]);
});

test('each planted promise that nobody waits for is seen, and no other', () => {
  const before = head.split('\n').length - 1;
  const seen = floatingPromises(program, [join(root, planted.floating)]).map(({ line }) => floating[line - before - 1]);
  expect(seen).toEqual(floating);
  expect(floatingPromises(program, [join(root, planted.waitedFor)])).toEqual([]);
});

test('nobody waits in vain: no promise of the project floats', () => {
  const violations = floatingPromises(
    program,
    sources.map((path) => join(root, path)),
  );
  expect(violations.map((violation) => describe('no-floating-promises', violation))).toEqual([]);
});
