import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rules, type RuleName } from './rules.js';
import { readTree, treeOf } from './source-tree.js';
import { importPlants } from './testing/import-plants.js';
import { orderlyFiles } from './testing/plant.js';
import { syntaxPlants } from './testing/syntax-plants.js';
import { textPlants } from './testing/text-plants.js';
import { describe } from './violation.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const real = readTree(root);
const orderly = treeOf(new Map(Object.entries(orderlyFiles)));
const plants = [...importPlants, ...syntaxPlants, ...textPlants];
const ruleNames = Object.keys(rules) as RuleName[];

test.each(plants)('$rule catches $what', ({ rule, files, says }) => {
  const planted = treeOf(new Map(Object.entries({ ...orderlyFiles, ...files })));
  const violations = rules[rule](planted).map((violation) => describe(rule, violation));
  expect(violations.join('\n')).toContain(says);
});

test.each(ruleNames)('%s has a plant, and no complaint where all is in order', (rule) => {
  expect(plants.map((plant) => plant.rule)).toContain(rule);
  expect(rules[rule](orderly)).toEqual([]);
});

test.each(ruleNames)('the project keeps %s', (rule) => {
  expect(rules[rule](real).map((violation) => describe(rule, violation))).toEqual([]);
});

test('the real tree was read', () => {
  expect(real.files.length).toBeGreaterThan(200);
  expect(real.files.filter(({ path }) => path.startsWith('libs/contracts/src/'))).not.toEqual([]);
});
