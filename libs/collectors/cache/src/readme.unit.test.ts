import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheTargetOptions } from './cache-target.js';
import { minimalAcl } from './minimal-acl.js';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');

test('the README tells the ACL that is tested', () => {
  expect(readme).toContain(`ACL SETUSER omninode on >password ${minimalAcl}\n`);
});

test('the README tells every option of a target', () => {
  for (const option of Object.keys(cacheTargetOptions.shape))
    expect(readme).toMatch(new RegExp(`\\b${option}(File)?: `));
});
