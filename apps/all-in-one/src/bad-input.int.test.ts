import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';

/** What a person gets who starts the product with something wrong: one line that names what, where and what to do. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'omninode-bad-input-'));
const nobody = 'postgres://omninode:hidden-word@127.0.0.1:1/orders';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(root, 'data-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  [
    'a malformed URL',
    { OMNINODE_DATABASE_URL: 'postgres//omninode:hidden-word@host' },
    2,
    /OMNINODE_DATABASE_URL.*does not begin with postgres:\/\//,
  ],
  [
    'an unknown setting',
    { OMNINODE_HTPP_PORT: '1' },
    2,
    /OMNINODE_HTPP_PORT: no setting has this variable\. Did you mean OMNINODE_HTTP_PORT\?/,
  ],
  ['an unknown flag', {}, 2, /--http\.prot/, ['--http.prot=1']],
])('%s', (_what, env, code, says, args: readonly string[] = []) => {
  const { status, stderr } = start(env, args);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain('hidden-word');
  expect(status).toBe(code);
});

test('a file where the data folder should be', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(refusal({ OMNINODE_DATA_DIR: join(folder, 'file') })).toMatch(
    /FOLDER_UNWRITABLE.*can not be written.*OMNINODE_DATA_DIR=/,
  );
});

test('a damaged file is refused and left as it is', () => {
  mkdirSync(join(folder, 'bus'));
  writeFileSync(join(folder, 'bus', 'mesh.db'), Buffer.alloc(8192, 7));
  expect(refusal({})).toMatch(/FILE_CORRUPT.*is damaged.*Nothing was changed.*mv /);
});

test('a data folder that is in use names who uses it', async () => {
  const first = spawn(process.execPath, [main], {
    env: environment({ OMNINODE_HTTP_PORT: '0' }),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const chunk of first.stdout!) if (String(chunk).includes('ready')) break;
  expect(refusal({})).toContain(`is in use by process ${first.pid}`);
  first.kill('SIGTERM');
  expect(await once(first, 'exit')).toEqual([0, null]);
}, 30_000);

test('a port in use names the port and another one', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(refusal({ OMNINODE_HTTP_PORT: String(port) })).toMatch(
    new RegExp(`PORT_IN_USE.*Port ${port} of 127\\.0\\.0\\.1 is in use.*OMNINODE_HTTP_PORT=`),
  );
  server.close();
});

/** Ends by itself, with another code than 0, after one line; nothing of the password is in it. */
function refusal(env: Record<string, string>): string {
  const { status, stderr } = start(env);
  expect(status).toBeGreaterThan(0);
  const [line = '', ...others] = stderr.trim().split('\n');
  expect(others).toEqual([]);
  expect(line).not.toContain('hidden-word');
  const { code, msg } = JSON.parse(line) as { code: string; msg: string };
  return `${code} ${msg}`;
}

function start(env: Record<string, string>, args: readonly string[] = []) {
  return spawnSync(process.execPath, [main, ...args], { env: environment(env), encoding: 'utf8', timeout: 20_000 });
}

function environment(env: Record<string, string>) {
  return {
    PATH: process.env.PATH,
    OMNINODE_DATA_DIR: folder,
    OMNINODE_HTTP_PORT: '0',
    OMNINODE_DATABASE_URL: nobody,
    ...env,
  };
}
