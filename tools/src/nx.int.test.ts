import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Nx's cache and its idea of what a change touches, on a clone of what is committed. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const clone = mkdtempSync(join(tmpdir(), 'omninode-nx-'));

beforeAll(() => {
  run('git', ['clone', '--quiet', '--shared', root, clone], root);
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  run('git', ['config', 'user.email', 'test@example.org']);
  run('git', ['config', 'user.name', 'test']);
});

afterAll(() => rmSync(clone, { recursive: true, force: true }));

test('a second build is all cache hits, and brings back outputs that were deleted', () => {
  const build = ['run-many', '-t', 'build', '-p', '@omninode/aggregation', '--outputStyle=stream'];
  expect(nx(build)).toMatch(/Successfully ran target build/);
  rmSync(join(clone, 'libs/aggregation/dist'), { recursive: true });
  expect(nx(build)).toMatch(/read the output from the cache instead of running the command for 2 out of 2 tasks/);
  expect(existsSync(join(clone, 'libs/aggregation/dist/index.js'))).toBe(true);
});

test('a change of a lib touches those that use it, and nobody else', () => {
  appendFileSync(join(clone, 'libs/mesh-api/src/areas.ts'), '// changed\n');
  run('git', ['commit', '--quiet', '--all', '--message', 'Change the API']);
  const affected = JSON.parse(nx(['show', 'projects', '--affected', '--base=HEAD~1', '--json'])) as string[];
  expect(affected.sort()).toEqual([
    '@omninode/aggregator',
    '@omninode/app-aggregator',
    '@omninode/app-all-in-one',
    '@omninode/mesh-api',
    '@omninode/tools',
  ]);
});

function nx(args: readonly string[]): string {
  return run(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), ...args]);
}

function run(command: string, args: readonly string[], cwd = clone): string {
  const env = {
    ...process.env,
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_CACHE_DIRECTORY: join(clone, '.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(clone, '.nx/data'),
    NX_WORKSPACE_ROOT_PATH: clone,
    FORCE_COLOR: '0',
  };
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
