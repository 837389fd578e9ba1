import { connect, type Socket } from 'node:net';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiArea } from '../mesh-api.module.js';
import { startApi, statusOf, type ApiService } from '../testing/api-service.js';

const held: (() => void)[] = [];

@Controller('api/v1/samples')
class SampleController {
  /** Answers when the test says so. */
  @Get('held') async held(): Promise<object> {
    await new Promise<void>((resolve) => held.push(resolve));
    return {};
  }
  @Get('large') large(@Res() reply: FastifyReply): void {
    reply.type('application/octet-stream').send(Buffer.alloc(64 * 1024 * 1024));
  }
}

const answers = { 200: { description: 'It.' } };
const area: ApiArea = {
  controllers: [SampleController],
  routes: ['held', 'large'].map((name) => ({
    method: 'get',
    summary: 'A sample.',
    role: 'viewer',
    answers,
    path: `/api/v1/samples/${name}`,
  })) as ApiArea['routes'],
};

let api: ApiService;
beforeAll(async () => {
  const argv = [
    '--http.requestTimeout=1s',
    '--api.responseTimeout=1s',
    '--api.concurrentRequests=2',
    '--http.bodyLimit=64KiB',
  ];
  api = await startApi(argv, { areas: [area] });
});
afterAll(() => api.service.stop());

test.each([
  ['a query of 100 parameters', `/api/v1/series?${'label=a%3Db&'.repeat(100)}`, 414, 'QUERY_TOO_LONG'],
  ['an address of 5 000 characters', `/api/v1/series?name=${'x'.repeat(5_000)}`, 414, 'QUERY_TOO_LONG'],
  [
    'an address of 20 000 characters',
    `/api/v1/series?name=${'x'.repeat(20_000)}`,
    431,
    'REQUEST_HEADER_FIELDS_TOO_LARGE',
  ],
  ['a parameter that there is not', '/api/v1/series?nmae=x', 400, 'BAD_REQUEST'],
  ['a limit that is too high', '/api/v1/series?limit=1001', 400, 'BAD_REQUEST'],
  ['a limit that is none', '/api/v1/series?limit=1e3', 400, 'BAD_REQUEST'],
  ['a label without a value', '/api/v1/series?label=x', 400, 'BAD_REQUEST'],
  ['a name given twice', '/api/v1/series?name=a&name=b', 400, 'BAD_REQUEST'],
  ['a prototype', '/api/v1/series?__proto__=x', 400, 'BAD_REQUEST'],
  ['a cursor of its own making', '/api/v1/series?after=-1.5', 400, 'BAD_REQUEST'],
  ['a scale that there is not', '/health?scale=kelvin', 400, 'BAD_REQUEST'],
  ['what is no encoding', '/api/v1/targets/%E0%A4%A', 400, undefined],
  ['an id of 300 characters', `/api/v1/targets/${'x'.repeat(300)}`, 414, undefined],
])('%s is refused with a code', async (_, path, status, code) => {
  const answer = await fetch(api.url + path);
  const body = (await answer.json()) as { error: { code: string; message: string } };
  expect([answer.status, body.error.code]).toEqual([status, code ?? body.error.code]);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(body.error.message.length).toBeLessThan(500);
});

test('a bad parameter is named, its value is not repeated', async () => {
  const answer = await fetch(`${api.url}/api/v1/series?limit=<script>alert(1)</script>`);
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(error.message).toBe(
    'The query can not be used: limit: must be a whole number. Parameters are: name, entity, label, limit, after.',
  );
});

test('who sends its head or its body too slowly is ended', async () => {
  for (const begun of ['GET /health HTTP/1.1\r\nhost: x\r\nx-slow', lateBody]) {
    const socket = open(begun);
    const startedAt = performance.now();
    const heard = await untilClosed(socket);
    expect(performance.now() - startedAt).toBeLessThan(6_000);
    expect(heard).toContain('HTTP/1.1 408');
  }
});
const lateBody =
  'POST /api/v1/measurements HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';

test('a hundred slow clients keep nobody else waiting', async () => {
  const sockets = Array.from({ length: 100 }, () => open('GET /api/v1/targets HTTP/1.1\r\nhost: x\r\nx-slow: '));
  try {
    const answer = await fetch(`${api.url}/api/v1/targets`, { signal: AbortSignal.timeout(3_000) });
    expect(answer.status).toBe(200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('who does not fetch its answer is cut off', async () => {
  const socket = open('GET /api/v1/samples/large HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const heard = await untilClosed(socket);
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.length).toBeLessThan(64 * 1024 * 1024);
});

test('more requests at once than the limit hear 429, and probes are answered all the same', async () => {
  const waiting = [1, 2].map(() => fetch(`${api.url}/api/v1/samples/held`));
  await expect.poll(() => held.length).toBe(2);
  const third = await fetch(`${api.url}/api/v1/targets`);
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await third.json()).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } });
  expect((await fetch(`${api.url}/livez`)).status).toBe(200);
  expect((await fetch(`${api.url}/metrics`)).status).toBe(200);
  for (const release of held.splice(0)) release();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await fetch(`${api.url}/api/v1/targets`)).status).toBe(200);
});

test('a body that is too large, and what is no HTTP', async () => {
  const post = await fetch(`${api.url}/api/v1/measurements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: 'x'.repeat(65 * 1024),
  });
  expect([post.status, ((await post.json()) as { error: { code: string } }).error.code]).toEqual([
    413,
    'BODY_TOO_LARGE',
  ]);
  expect(await untilClosed(open('hello\r\n\r\n'))).toContain('HTTP/1.1 400');
});

test('a script in what a target says reaches nobody as one', async () => {
  const script = '<script>alert("x")</script>';
  api.view.take({ ...statusOf(api.view, 'unreachable', script), entity: script, producer: `database/${script}` });
  for (const path of [
    '/health',
    '/api/v1/targets',
    `/api/v1/targets/${encodeURIComponent(script)}`,
    '/api/v1/dashboard',
  ]) {
    const answer = await fetch(api.url + path);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
  const { reasons } = (await (await fetch(`${api.url}/health`)).json()) as { reasons: { link: string }[] };
  expect(reasons[0]?.link).toBe(`/api/v1/targets/${encodeURIComponent(script)}`);
  const unknown = await fetch(`${api.url}/api/v1/targets/${encodeURIComponent('<img src=x>')}`);
  expect(unknown.headers.get('content-type')).toMatch(/^application\/json/);
});

function open(text: string): Socket {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // cut connections are what these tests are about
  socket.write(text);
  return socket;
}

/** What was heard until the other end closed. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
    socket.resume();
  });
}
