import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** `npm run test:compose` where it can't or may not begin. What it does on an engine takes minutes and is not a part of `npm test`. */
const root = fileURLToPath(new URL('../..', import.meta.url));
let programs: string;

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'omninode-no-engine-'));
});

afterEach(() => rmSync(programs, { recursive: true, force: true }));

test('without a Docker client it is skipped, with what to do', () => {
  const { status, lines } = testCompose();
  expect(lines).toEqual([
    expect.stringMatching(/^SKIPPED: No Docker engine answers \(docker can't be started: .*ENOENT\)\. Install one/),
    '0 passed, 0 failed, 1 skipped',
  ]);
  expect(status).toBe(0);
});

test('with a client that reaches no engine it is skipped, with what the client says', () => {
  thereIs('docker', 'echo "Cannot connect to the Docker daemon at unix:///nowhere." >&2; exit 1');
  const { status, lines } = testCompose();
  expect(lines[0]).toMatch(/^SKIPPED: No Docker engine answers \(docker version .*Cannot connect to the Docker daemon/);
  expect(lines[1]).toBe('0 passed, 0 failed, 1 skipped');
  expect(status).toBe(0);
});

test('with an engine and without compose it is skipped', () => {
  thereIs('docker', '[ "$1" = version ] && echo 28.0.0');
  const { status, lines } = testCompose();
  expect(lines[0]).toMatch(
    /^SKIPPED: The Docker engine answers, but neither "docker compose" nor "docker-compose" works/,
  );
  expect(lines[1]).toBe('0 passed, 0 failed, 1 skipped');
  expect(status).toBe(0);
});

test.each([
  [['--no-biuld'], /✗ Unknown option '--no-biuld'/],
  [['aggregator'], /✗ Unexpected argument 'aggregator'/],
  [['--file'], /✗ Option '--file <value>' argument missing/],
  [['--file', '/nowhere.yml'], /✗ There is no file \/nowhere\.yml\./],
])('%j is refused, with the usage', (args, says) => {
  const { status, lines, errors } = testCompose(...args);
  expect(errors).toMatch(says);
  expect(errors).toContain('npm run test:compose -- [--no-build] [--file FILE]…');
  expect(lines).toEqual([]);
  expect(status).toBe(2);
});

/** A program that is found; no other is. */
function thereIs(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function testCompose(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/test-compose.mjs', ...args], {
    cwd: root,
    env: { PATH: programs },
    encoding: 'utf8',
  });
  return { status, lines: stdout.split('\n').filter(Boolean), errors: stderr };
}
