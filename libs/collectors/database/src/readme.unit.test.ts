import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseTargetOptions } from './database-target.js';
import { databasesInPass } from './tables/table-memory.js';
import { listedByRanking } from './tables/rank-tables.js';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

test.each(Object.keys(databaseTargetOptions.shape))('the README tells the option %s of a target', (option) => {
  expect(readme).toMatch(new RegExp(`\\b${option}:`));
});

test('the README tells the limits that hold', () => {
  expect(readme).toContain(`${databasesInPass} in a pass and for 2 s at most`);
  expect(listedByRanking).toBe(5);
});
