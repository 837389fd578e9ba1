import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** The lock with real processes: held by one at a time, and never by the dead. */
const lockFile = new URL('../lock-file.mjs', import.meta.url).href;
let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-lock-'));
  lock = join(folder, 'lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('of many processes that find the lock of a dead one at the same moment, one at a time holds it', async () => {
  const log = join(folder, 'log');
  writeFileSync(lock, String(deadPid()));
  // Each "dies" with the lock in its hands: it leaves the lock to a process id that is gone. All look every 100 ms, together.
  const workers = Array.from({ length: 6 }, () =>
    startNode(`
      import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
      for (let round = 0; round < 4; round++) {
        await new Promise((resolve) => setTimeout(resolve, 100 - (Date.now() % 100)));
        const release = await takeLock(${JSON.stringify(lock)}, () => {});
        appendFileSync(${JSON.stringify(log)}, 'in ' + process.pid + '\\n');
        const until = performance.now() + 3;
        while (performance.now() < until);
        appendFileSync(${JSON.stringify(log)}, 'out ' + process.pid + '\\n');
        writeFileSync(${JSON.stringify(lock)}, '${deadPid()}');
      }`),
  );
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'close'))[0] as number));
  expect(codes).toEqual(workers.map(() => 0));
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(48);
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]!.replace('in', 'out'));
  expect(readdirSync(folder).sort()).toEqual(['lock', 'log']);
}, 60_000);

test('who waits is told for whom, and goes on when the holder is killed', async () => {
  const holder = startNode(
    `await takeLock(${JSON.stringify(lock)}, () => {}); console.log('held'); setInterval(() => {}, 1000);`,
  );
  await once(holder.stdout, 'data');
  const waiter = startNode(`
    await takeLock(${JSON.stringify(lock)}, (pid) => console.log('waits for ' + pid));
    console.log('held');`);
  const [told] = (await once(waiter.stdout, 'data')) as [Buffer];
  expect(String(told)).toBe(`waits for ${holder.pid}\n`);
  holder.kill('SIGKILL');
  const [held] = (await once(waiter.stdout, 'data')) as [Buffer];
  expect(String(held)).toBe('held\n');
  expect(existsSync(lock)).toBe(true);
});

function startNode(source: string) {
  const program = `import { takeLock } from ${JSON.stringify(lockFile)};\n${source}`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Of a process that has just ended and was waited for. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
