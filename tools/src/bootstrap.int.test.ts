import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

test.each(['npm', 'node tools/bootstrap.mjs'])(
  'SIGTERM to "%s" ends everything that it started',
  async (command) => {
    const { child, url, databasePid } = await startProduct(command.split(' '));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    child.kill('SIGTERM');
    await once(child, 'exit');
    await eventually(async () => {
      await expect(fetch(`${url}/livez`)).rejects.toThrow();
      expect(commandOf(databasePid)).not.toContain('postgres');
    });
  },
  90_000,
);

test('an unknown task says which there are', () => {
  expect(() => execFileSync(process.execPath, ['tools/bootstrap.mjs', 'strat'], { cwd: root, stdio: 'pipe' })).toThrow(
    /Known: start, test/,
  );
});

async function startProduct([command = '', ...args]: readonly string[]): Promise<{
  child: ChildProcess;
  url: string;
  databasePid: number;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bootstrap-'));
  folders.push(folder);
  const port = await freePort();
  const env = { ...withoutSettings(process.env), OMNINODE_DATA_DIR: folder, OMNINODE_HTTP_PORT: String(port) };
  const child = spawn(command, [...args, 'start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const chunk of child.stdout!) if (String(chunk).includes('ready http')) break;
  const [pid = ''] = readFileSync(join(folder, 'demo/postgres-18/postmaster.pid'), 'utf8').split('\n');
  return { child, url: `http://127.0.0.1:${port}`, databasePid: Number(pid) };
}

/** What the test run itself was told is not for the product, which refuses settings that it does not know. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('OMNINODE_') || name === 'OMNINODE_CACHE_DIR'),
  );
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await check();
    } catch (error) {
      if (attempt >= 60) throw error;
      await sleep(250);
    }
  }
}
