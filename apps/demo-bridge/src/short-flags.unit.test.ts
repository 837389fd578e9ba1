import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandShortFlags } from './short-flags.js';

test('short flags are written out, with = and without; others stay as they are', () => {
  expect(
    expandShortFlags(['--database', 'postgres://a/b', '--kafka=k:1,k:2', '--http.port', '0', '--quiet', '--help']),
  ).toEqual([
    '--demo.database=postgres://a/b',
    '--demo.kafka=k:1,k:2',
    '--http.port',
    '0',
    '--demo.quiet=true',
    '--help',
  ]);
});

test('a value that is missing is left for whoever reads the flags to say', () => {
  expect(expandShortFlags(['--incident'])).toEqual(['--demo.incident']);
});

test('a file stands for what it holds, but for its last line break', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-flags-'));
  const file = join(folder, 'token');
  writeFileSync(file, 'abc=\n');
  expect(expandShortFlags(['--mesh-token-file', file])).toEqual(['--demo.mesh.token=abc=']);
  rmSync(folder, { recursive: true });
  expect(() => expandShortFlags(['--database-file', file])).toThrow('--database-file can not be read (ENOENT)');
});
