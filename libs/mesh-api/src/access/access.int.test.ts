import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiArea } from '../mesh-api.module.js';
import { startApi, type ApiService } from '../testing/api-service.js';

const [viewer, admin, ingest] = ['v'.repeat(32), 'a'.repeat(32), 'i'.repeat(32)];
const folder = mkdtempSync(join(tmpdir(), 'omninode-access-'));
writeFileSync(join(folder, 'shop'), ingest);
writeFileSync(join(folder, 'grafana.viewer'), viewer);
writeFileSync(join(folder, 'ops.admin'), `${admin}\n`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

@Controller('api/v1/silences')
class SampleController {
  @Post() add(): object {
    return { added: true };
  }
  @Delete(':id') remove(): object {
    return { removed: true };
  }
}

@Controller('api/v1/forgotten')
class ForgottenController {
  @Get() get(): object {
    return { secret: true };
  }
}

const answers = { 200: { description: 'It.' } };
const area: ApiArea = {
  controllers: [SampleController],
  routes: [
    { method: 'post', path: '/api/v1/silences', summary: 'Adds one.', role: 'admin', answers },
    { method: 'delete', path: '/api/v1/silences/{id}', summary: 'Removes one.', role: 'admin', answers },
  ],
};
const forgotten: ApiArea = { controllers: [ForgottenController], routes: [] };

describe('with tokens', () => {
  let api: ApiService;
  beforeAll(async () => {
    api = await startApi([`--api.tokensFolder=${folder}`, '--http.host=0.0.0.0'], { areas: [area, forgotten] });
  });
  afterAll(() => api.service.stop());

  test.each([
    ['/api/v1/targets', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/targets', 'x'.repeat(32), 401, 'TOKEN_INVALID'],
    ['/api/v1/targets', ingest, 403, 'ACCESS_DENIED'],
    ['/api/v1/targets', viewer, 200, undefined],
    ['/api/v1/targets', admin, 200, undefined],
    ['/api', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/openapi.json', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/targets/', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/%74argets', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/nothing', undefined, 404, 'NOT_FOUND'],
    ['/metrics', undefined, 200, undefined],
    ['/metrics/database', undefined, 200, undefined],
    ['/livez', undefined, 200, undefined],
    ['/api/v1/forgotten', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['/api/v1/forgotten', viewer, 403, 'ACCESS_DENIED'],
    ['/api/v1/forgotten', admin, 200, undefined],
  ])('GET %s with %s is %i %s', async (path, token, status, code) => {
    const answer = await fetch(api.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    expect([answer.status, await codeIn(answer)]).toEqual([status, code]);
    expect(answer.headers.get('www-authenticate')?.startsWith('Bearer ') ?? false).toBe(status === 401);
  });

  test.each([
    ['POST', undefined, 401, 'ACCESS_TOKEN_MISSING'],
    ['POST', viewer, 403, 'ACCESS_DENIED'],
    ['POST', ingest, 403, 'ACCESS_DENIED'],
    ['POST', admin, 201, undefined],
    ['DELETE', viewer, 403, 'ACCESS_DENIED'],
    ['DELETE', admin, 200, undefined],
  ])('%s with %s is %i %s', async (method, token, status, code) => {
    const path = method === 'POST' ? '/api/v1/silences' : '/api/v1/silences/1';
    const headers = { ...(token && { authorization: `Bearer ${token}` }), 'x-omninode-request': '1' };
    const answer = await fetch(api.url + path, { method, headers });
    expect([answer.status, await codeIn(answer)]).toEqual([status, code]);
  });

  test('HEAD tells no more than GET', async () => {
    expect((await fetch(`${api.url}/api/v1/targets`, { method: 'HEAD' })).status).toBe(401);
  });

  test('the intake takes ingest tokens only', async () => {
    const post = (token: string) =>
      fetch(`${api.url}/api/v1/measurements`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '[]',
      });
    expect((await post(viewer)).status).toBe(401);
    expect((await post(ingest)).status).toBe(202);
  });

  test('no answer holds a token', async () => {
    const answer = await fetch(`${api.url}/api/v1/targets?token=${viewer}`, {
      headers: { authorization: `Bearer ${ingest}` },
    });
    expect(await answer.text()).not.toMatch(/v{32}|i{32}|a{32}/);
  });

  test('health and metrics are guarded where that is configured', async () => {
    const guarded = await startApi([`--api.tokensFolder=${folder}`, '--api.access=token', '--api.publicPages=false']);
    try {
      const status = async (path: string, token?: string) =>
        (await fetch(guarded.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
      expect([await status('/metrics'), await status('/health'), await status('/livez')]).toEqual([401, 401, 200]);
      expect(await status('/metrics', viewer)).toBe(200);
    } finally {
      await guarded.service.stop();
    }
  });
});

describe('open', () => {
  let api: ApiService;
  beforeAll(async () => void (api = await startApi([], { areas: [area] })));
  afterAll(() => api.service.stop());
  const change = (headers: Record<string, string>) => rawPost(api.url, '/api/v1/silences', headers);

  test('on loopback everybody reads, and a token of somebody else is no matter', async () => {
    const answer = await fetch(`${api.url}/api/v1/targets`, {
      headers: { authorization: 'Bearer of-another-service' },
    });
    expect(answer.status).toBe(200);
  });

  test('a form of another page can not change anything', async () => {
    expect(await change({ 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
      status: 403,
      body: expect.stringContaining('REQUEST_FORGED') as string,
    });
    expect((await change({ 'x-omninode-request': '1' })).status).toBe(201);
  });

  test('a name that was made to lead here can not change anything', async () => {
    const headers = { 'x-omninode-request': '1', host: 'evil.example:8080' };
    expect(await change(headers)).toMatchObject({
      status: 403,
      body: expect.stringContaining('HOST_UNEXPECTED') as string,
    });
    for (const host of ['localhost:8080', '127.0.0.1', '[::1]:80'])
      expect((await change({ ...headers, host })).status).toBe(201);
  });

  test('beyond loopback open means reading; nobody changes anything without an admin', async () => {
    const wide = await startApi(['--http.host=0.0.0.0', '--api.access=open', `--api.tokensFolder=${onlyIngest()}`], {
      areas: [area],
    });
    try {
      expect((await fetch(`${wide.url}/api/v1/targets`)).status).toBe(200);
      const answer = await rawPost(wide.url, '/api/v1/silences', { 'x-omninode-request': '1' });
      expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('ADMIN_NOT_CONFIGURED') as string });
    } finally {
      await wide.service.stop();
    }
  });

  test('with an admin token changes need it, on loopback too', async () => {
    const own = await startApi([], { areas: [area], env: { OMNINODE_API_ADMIN_TOKEN: admin } });
    try {
      expect((await rawPost(own.url, '/api/v1/silences', { 'x-omninode-request': '1' })).status).toBe(401);
      expect((await rawPost(own.url, '/api/v1/silences', { authorization: `Bearer ${admin}` })).status).toBe(201);
    } finally {
      await own.service.stop();
    }
  });
});

describe('behind a proxy', () => {
  let api: ApiService;
  const user = { 'x-forwarded-user': 'ada' };
  const adminUser = { ...user, 'x-forwarded-groups': 'staff, omninode-admin' };
  beforeAll(async () => {
    api = await startApi(['--api.access=proxy', '--api.proxy.addresses=127.0.0.0/8'], { areas: [area] });
  });
  afterAll(() => api.service.stop());

  test('the headers of a listed address are believed', async () => {
    expect((await fetch(`${api.url}/api/v1/targets`)).status).toBe(401);
    expect((await fetch(`${api.url}/api/v1/targets`, { headers: user })).status).toBe(200);
    expect((await rawPost(api.url, '/api/v1/silences', { ...user, 'x-omninode-request': '1' })).status).toBe(403);
    expect((await rawPost(api.url, '/api/v1/silences', { ...adminUser, 'x-omninode-request': '1' })).status).toBe(201);
  });

  test('that a browser is logged in proves no intent', async () => {
    expect((await rawPost(api.url, '/api/v1/silences', adminUser)).body).toContain('REQUEST_FORGED');
  });

  test('a header that came twice is believed in neither form', async () => {
    const twice = { 'x-forwarded-user': ['ada', 'eve'] } as unknown as Record<string, string>;
    expect((await rawPost(api.url, '/api/v1/silences', { ...twice, 'x-omninode-request': '1' })).status).toBe(401);
  });

  test('from any other address the headers mean nothing', async () => {
    const elsewhere = await startApi(['--api.access=proxy', '--api.proxy.addresses=10.0.0.0/8'], { areas: [area] });
    try {
      expect((await fetch(`${elsewhere.url}/api/v1/targets`, { headers: adminUser })).status).toBe(401);
    } finally {
      await elsewhere.service.stop();
    }
  });
});

function onlyIngest(): string {
  const own = mkdtempSync(join(folder, 'ingest-'));
  writeFileSync(join(own, 'shop'), ingest);
  return own;
}

async function codeIn(answer: Response): Promise<string | undefined> {
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return undefined;
  return ((await answer.json()) as { error?: { code?: string } }).error?.code;
}

/** `fetch` sets `host` itself. */
function rawPost(
  url: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method: 'POST', headers, signal: AbortSignal.timeout(5_000) }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => (body += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
