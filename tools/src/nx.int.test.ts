import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectsOf } from './architecture/projects.js';
import { readTree } from './architecture/source-tree.js';

/** Nx's cache and its idea of what a change touches, on a copy of the working tree as git would commit it. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'omninode-nx-'));
const tree = readTree(root);
const projects = projectsOf(tree).filter(({ folder }) => existsSync(join(root, folder)));

beforeAll(() => {
  for (const path of tree.paths) if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path));
  linkPackages();
  run('git', ['init', '--quiet']);
  run('git', ['config', 'user.email', 'test@example.org']);
  run('git', ['config', 'user.name', 'test']);
  commit();
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

test(
  'a second run of every target is all cache hits, and brings back outputs that were deleted',
  { timeout: 120_000 },
  () => {
    const targets = ['run-many', '-t', 'build', 'typecheck', 'lint', 'test', '-p', '@omninode/bus'];
    // bus, and the builds of contracts and publisher.
    expect(cacheHits(nx(targets))).toBe('0/6');
    expect(cacheHits(nx(targets))).toBe('6/6');
    rmSync(join(copy, 'libs/transports/bus/dist'), { recursive: true });
    expect(cacheHits(nx(targets))).toBe('6/6');
    expect(existsSync(join(copy, 'libs/transports/bus/dist/index.js'))).toBe(true);
    appendFileSync(join(copy, 'libs/transports/bus/src/pause.unit.test.ts'), '// changed\n');
    // Its own tests are an input of its own tasks only.
    expect(cacheHits(nx(targets))).toBe('2/6');
    appendFileSync(join(copy, 'libs/contracts/src/errors.unit.test.ts'), '// changed\n');
    expect(cacheHits(nx(['run', '@omninode/bus:test']))).toBe('3/4');
    commit();
  },
);

test.each([
  ['libs/mesh-api/src/areas.ts', '@omninode/mesh-api'],
  ['libs/contracts/src/errors.ts', '@omninode/contracts'],
  ['apps/demo-bridge/src/queries.ts', '@omninode/app-demo-bridge'],
])('a change of %s touches those that use it, and nobody else', (path, name) => {
  // The architecture test of the tools reads every file.
  expect(affectedBy(path)).toEqual([...new Set([...usersOf(name), name, '@omninode/tools'])].sort());
});

test.each([
  ['README.md', ['@omninode/tools'], ['@omninode/contracts']],
  ['examples/python/send_rows.py', ['@omninode/client', '@omninode/contracts', '@omninode/tools'], []],
  ['docs/how-to/read-and-write-the-topics.md', ['@omninode/contracts', '@omninode/tools'], []],
])('a change of %s touches whose tests read it', (path, names, others) => {
  const affected = affectedBy(path);
  expect(affected).toEqual(expect.arrayContaining(names));
  expect(affected.filter((name) => others.includes(name))).toEqual([]);
});

test('a change of the lock file touches all', () => {
  expect(affectedBy('package-lock.json')).toEqual(projects.map(({ name }) => name).sort());
});

/** Whoever depends on a project, by any number of steps. */
function usersOf(name: string): string[] {
  const direct = projects.filter((each) => [...each.dependencies, ...each.devDependencies].includes(name));
  return direct.flatMap((each) => [each.name, ...usersOf(each.name)]);
}

function affectedBy(path: string): string[] {
  appendFileSync(join(copy, path), '\n');
  commit();
  return (JSON.parse(nx(['show', 'projects', '--affected', '--base=HEAD~1', '--json'])) as string[]).sort();
}

/** `hits/tasks` as Nx sums them up. */
function cacheHits(output: string): string | undefined {
  return /Cache:\s+(\d+\/\d+) hit/.exec(output)?.[1];
}

/** The packages of others are those of the working tree, our own are those of the copy. */
function linkPackages(): void {
  const packages = join(copy, 'node_modules');
  mkdirSync(join(packages, '@omninode'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@omninode') symlinkSync(join(root, 'node_modules', name), join(packages, name));
  }
  for (const { name, folder } of projects) {
    symlinkSync(join(copy, folder), join(packages, name));
    const own = join(root, folder, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(copy, folder, 'node_modules'));
  }
}

function commit(): void {
  run('git', ['add', '--all']);
  run('git', ['commit', '--quiet', '--message', 'Change something']);
}

function nx(args: readonly string[]): string {
  return run(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), ...args]);
}

function run(command: string, args: readonly string[]): string {
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), join(copy, 'node_modules/.bin'), process.env.PATH].join(':'),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_CACHE_DIRECTORY: join(copy, '.nx/cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(copy, '.nx/data'),
    NX_WORKSPACE_ROOT_PATH: copy,
    FORCE_COLOR: '0',
  };
  return execFileSync(command, args, { cwd: copy, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
