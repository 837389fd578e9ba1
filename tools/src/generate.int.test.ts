import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The generator on a copy of what it generates, with a fault planted for each thing that its check must see. */
const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'omninode-generate-'));
  cpSync(join(root, 'CONTRIBUTING.md'), join(copy, 'CONTRIBUTING.md'));
  execFileSync('git', ['init', '--quiet'], { cwd: copy });
  generate();
  execFileSync('git', ['add', '--all'], { cwd: copy });
});

afterEach(() => rmSync(copy, { recursive: true, force: true }));

test('a second run has nothing to write, and the check is content', () => {
  expect(generate()).toEqual({ code: 0, said: '' });
  expect(generate('--check')).toEqual({ code: 0, said: '' });
});

test.each([
  ['a stale page', 'docs/reference/metrics.md is not what the code says.', 'wrote docs/reference/metrics.md'],
  ['a page that nothing generates', 'docs/reference/old.md is left over', 'removed docs/reference/old.md'],
])('%s is seen and mended', (_what, seen, mended) => {
  const [, path = ''] = /(docs\/\S+)/.exec(seen) ?? [];
  writeFileSync(join(copy, path), 'stale');
  const { code, said } = generate('--check');
  expect(said).toContain(seen);
  expect(code).toBe(1);
  expect(generate().said).toContain(mended);
  expect(generate('--check').code).toBe(0);
});

test('a stale table of layers in CONTRIBUTING.md is seen', () => {
  const page = execFileSync('git', ['show', ':CONTRIBUTING.md'], { cwd: copy, encoding: 'utf8' });
  writeFileSync(join(copy, 'CONTRIBUTING.md'), page.replace('| contracts |', '| contract |'));
  expect(generate('--check')).toEqual({ code: 1, said: 'CONTRIBUTING.md is not what the code says.\n' });
});

test('a page that is not committed is seen', () => {
  execFileSync('git', ['rm', '--quiet', '--cached', 'docs/reference/configuration.md'], { cwd: copy });
  expect(generate('--check')).toEqual({ code: 1, said: 'docs/reference/configuration.md is not committed.\n' });
});

function generate(...args: readonly string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/generate.mjs'), ...args], {
    env: { ...process.env, OMNINODE_GENERATE_IN: copy },
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
}
