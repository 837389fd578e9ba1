import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The installing half of the bootstrap, in a clone where `npm` is a script of the test: what happens when it is slow or fails. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const parts = [
  'tools/bootstrap.mjs',
  'tools/lock-file.mjs',
  'tools/run-child.mjs',
  'tools/step.mjs',
  'libs/local-services/fetch-package.mjs',
  'package-lock.json',
];
let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'omninode-bootstrap-'));
  for (const part of parts) cpSync(join(root, part), join(clone, part));
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

test('it installs once, also when two begin together, and again when the lock file changes', async () => {
  npmIs('echo installed >> installs; mkdir -p node_modules; sleep 0.5');
  const [first, second] = await Promise.all([bootstrap('shell').ended, bootstrap('shell').ended]);
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(first.said + second.said).toMatch(/process \d+ installs or builds here: waiting for it/);
  expect(installs()).toBe(1);
  await bootstrap('shell').ended;
  expect(installs()).toBe(1);
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  await bootstrap('shell').ended;
  expect(installs()).toBe(2);
  expect(existsSync(join(clone, '.installing'))).toBe(false);
});

test('an installation that fails says what failed and what to do, and is tried again next time', async () => {
  npmIs('mkdir -p node_modules; echo "npm error code ENOTFOUND" >&2; exit 7');
  const { code, said } = await bootstrap('shell').ended;
  expect(code).toBe(1);
  expect(said).toContain('npm error code ENOTFOUND');
  expect(said).toMatch(/✗ npm ci .* failed with code 7\. Is the package registry reachable/);
  npmIs('echo installed >> installs; mkdir -p node_modules');
  expect((await bootstrap('shell').ended).code).toBe(0);
  expect(installs()).toBe(1);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s while it installs ends npm too', async (signal) => {
  npmIs('echo $$ > npm.pid; exec sleep 60');
  const { child, ended } = bootstrap('shell');
  const npm = Number(await contentOf(join(clone, 'npm.pid')));
  expect(isRunning(npm)).toBe(true);
  child.kill(signal);
  const { code, said } = await ended;
  expect(code).toBe(signal === 'SIGTERM' ? 143 : 130);
  expect(said).toContain(`ended by ${signal}`);
  expect(isRunning(npm)).toBe(false);
  expect(existsSync(join(clone, '.installing'))).toBe(false);
});

test('an unknown task says which there are', async () => {
  const { code, said } = await bootstrap('strat').ended;
  expect(code).toBe(1);
  expect(said).toContain('✗ There is no task "strat". Known: start, test,');
});

/** What `npm` is in the clone. The task `shell` then runs `true`. */
function npmIs(script: string): void {
  const npm = join(clone, 'bin/npm');
  mkdirSync(dirname(npm), { recursive: true });
  writeFileSync(npm, `#!/bin/sh\n${script}\n`);
  chmodSync(npm, 0o755);
}

function bootstrap(task: string): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } {
  const child = spawn(process.execPath, ['tools/bootstrap.mjs', task], {
    cwd: clone,
    env: { ...process.env, PATH: `${join(clone, 'bin')}:${process.env.PATH}`, SHELL: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, said })) };
}

function installs(): number {
  return readFileSync(join(clone, 'installs'), 'utf8').trim().split('\n').length;
}

async function contentOf(path: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (existsSync(path) && readFileSync(path, 'utf8') !== '') return readFileSync(path, 'utf8');
    await sleep(50);
  }
  throw new Error(`${path} was not written within 10 s.`);
}

/** A zombie has no command line. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
}
