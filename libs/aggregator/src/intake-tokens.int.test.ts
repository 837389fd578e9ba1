import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMeshService, type MeshService } from './testing/mesh-service.js';
import { post, rows } from './testing/posting.js';

const folder = mkdtempSync(join(tmpdir(), 'omninode-tokens-'));
const token = 'e'.repeat(40);
let mesh: MeshService;
beforeAll(async () => {
  writeFileSync(join(folder, 'shop'), `${token}\n`);
  mesh = await startMeshService(['--api.access=open', '--http.host=0.0.0.0', `--api.tokensFolder=${folder}`]);
});
afterAll(async () => {
  await mesh.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('beyond loopback the process does not start without a token, and listens on nothing', async () => {
  await expect(startMeshService(['--http.host=0.0.0.0'])).rejects.toMatchObject({
    code: 'TOKEN_REQUIRED',
    phase: 'configuration',
    message: expect.stringContaining('OMNINODE_API_TOKEN_FILE') as string,
  });
});

test('who shows the token may send, and is counted by its name', async () => {
  expect((await post(mesh.url, rows('bern', 7), { authorization: `Bearer ${token}` })).status).toBe(202);
  const page = await (await fetch(`${mesh.url}/metrics`)).text();
  expect(page).toContain('omninode_mesh_intake_records_total{token="shop"} 1\n');
});

test.each([
  ['none', {}, 'TOKEN_MISSING', 'Bearer realm="omninode-mesh"'],
  [
    'another',
    { authorization: `Bearer ${'f'.repeat(40)}` },
    'TOKEN_INVALID',
    'Bearer realm="omninode-mesh", error="invalid_token"',
  ],
  ['a password', { authorization: `Basic ${token}` }, 'TOKEN_MISSING', 'Bearer realm="omninode-mesh"'],
])('who shows %s may not, and hears how', async (_, headers: Record<string, string>, code, challenge) => {
  const before = (await mesh.records()).length;
  const answer = await post(mesh.url, rows('bern', 7), headers);
  expect(answer).toMatchObject({ status: 401, body: { error: { code } } });
  expect(answer.headers.get('www-authenticate')).toBe(challenge);
  expect((await mesh.records()).length).toBe(before);
});

test('the token is looked at before the body, whatever that is', async () => {
  const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
  expect((await post(mesh.url, 'x'.repeat(3_000_000), headers)).status).toBe(401);
});

test('everybody may read, also from another address', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const host of ['127.0.0.1', ...others.map(({ address }) => address)]) {
    const url = mesh.url.replace('127.0.0.1', host);
    for (const path of ['/metrics', '/metrics/requests', '/api/v1/targets', '/api/v1/ledger', '/livez'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
  }
});
