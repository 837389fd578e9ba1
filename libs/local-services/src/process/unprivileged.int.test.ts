import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseUnprivileged, giveTo, runStep } from './unprivileged.js';

const whoami = { step: 'asking', folder: '/', command: 'sh', args: ['-c', 'test "$(id -u)" -ne 0'] };

// One of the two is true wherever the tests run, so neither is a skip.
if (process.getuid?.() === 0) describe('a program that refuses root, started by root', startedByRoot);
else test('a normal user runs everything as itself', startedByUser);

function startedByRoot() {
  test('runs as another user where that user reaches it, and owns its folder', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'omninode-test-'));
    chmodSync(parent, 0o755);
    const folder = join(parent, 'data');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), '');
    const runAs = chooseUnprivileged('a server', '/bin/sh', folder);
    expect(runAs).toMatchObject({ uid: expect.any(Number) as number, prefix: [] });
    await giveTo(runAs, folder);
    expect(statSync(join(folder, 'file')).uid).toBe(runAs.uid);
    await runStep(runAs, whoami);
    rmSync(parent, { recursive: true });
  });

  test('runs as nobody in a user namespace where the folder is hidden from other users', async () => {
    const hidden = mkdtempSync(join(tmpdir(), 'omninode-test-')); // mode 0700
    const runAs = chooseUnprivileged('a server', '/bin/sh', join(hidden, 'data'));
    expect(runAs).toMatchObject({ prefix: ['unshare', expect.any(String), expect.any(String), expect.any(String)] });
    await runStep(runAs, whoami);
    rmSync(hidden, { recursive: true });
  });
}

function startedByUser() {
  expect(chooseUnprivileged('a server', '/bin/sh', '/nowhere/data')).toEqual({ prefix: [] });
}

test('a step that fails is an error with its words, also when it never reads its input', async () => {
  const step = {
    step: 'asking',
    folder: '/data',
    command: 'sh',
    args: ['-c', 'exec <&-; echo why >&2; exit 3'],
    input: 'x'.repeat(1e6),
  };
  await expect(runStep({ prefix: [] }, step)).rejects.toMatchObject({
    code: 'SET_UP_FAILED',
    message: 'asking failed for /data (exit code 3): why',
  });
});
