import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';

/** `npm test` itself, on small folders of tests: what it counts, and that nothing of it is left behind. */
const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const passing = "test('passes', () => {});";
const cases: readonly (readonly [name: string, source: string, lastLine: string, exitCode: number, says: string])[] = [
  ['a passing test', passing, '1 passed, 0 failed, 0 skipped', 0, ''],
  ['a failing test', `${passing} test('fails', () => expect(1).toBe(2));`, '1 passed, 1 failed, 0 skipped', 1, 'fails'],
  ['a file that does not load', "throw new Error('no')", '0 passed, 1 failed, 0 skipped', 1, 'no'],
  [
    'an error outside of any test',
    `${passing} Promise.reject(new Error('stray'));`,
    '1 passed, 1 failed, 0 skipped',
    1,
    'stray',
  ],
  [
    'a skip with a note',
    `${passing} test('needs a moon', (context) => context.skip('no moon tonight'));`,
    '1 passed, 0 failed, 1 skipped',
    0,
    'needs a moon: no moon tonight',
  ],
  [
    'a skip for what the machine lacks',
    `process.stderr.write('SKIPPED: Moon is not here. Wait.\\n'); ${passing} test.skipIf(true)('needs it', () => {});`,
    '1 passed, 0 failed, 1 skipped',
    0,
    '\nSKIPPED: Moon is not here. Wait.\n',
  ],
  ['no test at all', '', '0 passed, 1 failed, 0 skipped', 1, ''],
];

test.each(cases)('%s is counted', async (_name, source, lastLine, exitCode, says) => {
  const { child, output } = startTests(source);
  const [code] = (await once(child, 'close')) as [number];
  expect(output().trimEnd().split('\n').at(-1)).toBe(lastLine);
  expect(output()).toContain(says);
  expect(code).toBe(exitCode);
});

test('what passes only at its second try is named, where tests are tried twice', async () => {
  const { child, output } = startTests("let tries = 0; test('wavers', () => expect(++tries).toBe(2));", {
    TEST_RETRIES: '1',
  });
  const [code] = (await once(child, 'close')) as [number];
  expect(output()).toContain('passed only at its second try: some.test.js > wavers\n');
  expect(output().trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  expect(code).toBe(0);
});

test('SIGTERM ends the workers of the tests too', async () => {
  const folder = newFolder();
  const started = join(folder, 'worker');
  const { child } = startTests(
    `import { writeFileSync } from 'node:fs';
     test('hangs', () => { writeFileSync(${JSON.stringify(started)}, String(process.pid)); return new Promise(() => setInterval(() => {}, 1000)); }, 60_000);`,
  );
  await until(() => existsSync(started) && readFileSync(started, 'utf8') !== '');
  const worker = Number(readFileSync(started, 'utf8'));
  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).not.toBe(0);
  await until(() => !isRunning(worker));
});

function startTests(source: string, env: Readonly<Record<string, string>> = {}) {
  const folder = newFolder();
  writeFileSync(join(folder, 'some.test.js'), source);
  const args = ['tools/test.mjs', '--root', folder, '--globals'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TEST_RETRIES: '0', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { child, output: () => text };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-test-command-'));
  folders.push(folder);
  return folder;
}

/** A zombie has no command line. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (isSo()) return;
    await sleep(100);
  }
  expect(isSo()).toBe(true);
}
