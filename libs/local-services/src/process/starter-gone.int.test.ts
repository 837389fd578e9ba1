import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { endProcess } from './end-process.js';
import { isSameProcess, sendSignal } from './process-table.js';
import type { ProcessIdentity } from './process-table.js';

/** A process that has started a PostgreSQL. */
async function startStarter(...args: readonly string[]) {
  const program = join(import.meta.dirname, 'run-source.mjs');
  const starter = spawn(process.execPath, [program, 'process/starter.ts', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(starter.stdout, 'data')) as [Buffer];
  const { process: server, dataFolder } = JSON.parse(line.toString()) as {
    process: ProcessIdentity;
    dataFolder: string;
  };
  expect(isSameProcess(server)).toBe(args[0] !== 'kill');
  return { starter, server, temporaryFolder: dirname(dataFolder) };
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a server ends after %s for its starter, with its temporary folder',
  async (signal) => {
    const { starter, server, temporaryFolder } = await startStarter();
    starter.kill(signal);
    await expect.poll(() => isSameProcess(server), { timeout: 8_000 }).toBe(false);
    await expect.poll(() => existsSync(temporaryFolder), { timeout: 3_000 }).toBe(false);
  },
);

test('a paused server ends too', async () => {
  const { starter, server } = await startStarter();
  sendSignal(server.pid, 'SIGSTOP');
  starter.kill('SIGKILL');
  await expect.poll(() => isSameProcess(server), { timeout: 8_000 }).toBe(false);
});

test('the temporary folder of a server that was killed goes too', async () => {
  const { starter, temporaryFolder } = await startStarter('kill');
  expect(existsSync(temporaryFolder)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => existsSync(temporaryFolder), { timeout: 3_000 }).toBe(false);
});

test('a detached server outlives its starter', async () => {
  const { starter, server, temporaryFolder } = await startStarter('detach');
  const ended = once(starter, 'exit');
  starter.kill('SIGKILL');
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 500)); // a watcher would have acted within some 20 ms
  expect(isSameProcess(server)).toBe(true);
  await endProcess(server, 'SIGINT');
  expect(isSameProcess(server)).toBe(false);
  rmSync(temporaryFolder, { recursive: true });
});
