import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** `npm start` as a person ends it: the product ends in order, and so does everything that it started. */
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-start-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const terminate = (child: ChildProcess) => child.kill('SIGTERM');
const pressControlC = (child: ChildProcess) => child.stdin!.write('\u0003');
// `script` runs a command on a terminal, whose foreground processes all get what is pressed.
const terminal = ['script', '--quiet', '--return', '--flush', '/dev/null', '--command'];

test.each([
  ['SIGTERM to npm', ['npm', 'start'], terminate],
  ['SIGTERM to the bootstrap', [process.execPath, 'tools/bootstrap.mjs', 'start'], terminate],
  ['Control-C on a terminal', [...terminal, 'npm start'], pressControlC],
] as const)(
  '%s ends everything in order',
  async (_name, [command, ...args], end) => {
    const { child, said } = startProduct(command, args);
    const url = await until(() => /ready (http\S+)/.exec(said())?.[1]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const database = databasePid();
    expect(commandOf(database)).toContain('postgres');
    end(child);
    await once(child, 'close');
    await until(() => !commandOf(database).includes('postgres'));
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    expect(said()).toContain('It stopped in order');
  },
  90_000,
);

function startProduct(command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...withoutSettings(process.env), OMNINODE_DATA_DIR: folder, OMNINODE_HTTP_PORT: '0' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { child, said: () => text };
}

/** What the test run itself was told is not for the product, which refuses settings that it does not know. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForOthers = (name: string) => name.startsWith('OMNINODE_') && name !== 'OMNINODE_CACHE_DIR';
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isForOthers(name)));
}

function databasePid(): number {
  return Number(readFileSync(join(folder, 'demo/postgres-18/postmaster.pid'), 'utf8').split('\n')[0]);
}

function commandOf(pid: number): string {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

async function until<T>(look: () => T): Promise<NonNullable<T>> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const seen = look();
    if (seen) return seen;
    await sleep(100);
  }
  throw new Error('It did not come to this within 60 s.');
}
