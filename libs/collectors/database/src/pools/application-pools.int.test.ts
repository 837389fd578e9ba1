import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 15_000, interval: 30 };
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** As `PostgresClient.health_check()` of the platform answers. */
const health = (pool: object = {}) => ({
  status: 'healthy',
  connected: true,
  test_query: true,
  pool: {
    size: 10,
    max_size: 50,
    min_size: 10,
    utilization_percent: 20,
    acquired_count: 100,
    released_count: 97,
    potential_leaks: 3,
    exhaustion_alerts: 0,
    ...pool,
  },
  pool_health: 'normal',
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function service(answer: Answer) {
  const asked: IncomingMessage[] = [];
  const http = createServer((request, response) => {
    asked.push(request);
    answer(response, request);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return { asked, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/health` };
}

const watch = (pools: readonly { pool: string; url: string; token?: string }[]) =>
  watchServer(server.url('omninode'), {
    target: {
      pools: pools.map(({ pool, url, token }) => ({
        pool,
        url: new Secret(url),
        ...(token && { token: new Secret(token) }),
      })),
    },
  });

const open = (pool: string) => `omninode_database_connection_pool_open_connections{pool="${pool}"}`;
const limit = (pool: string) => `omninode_max_connections{service="postgresql",pool="${pool}"}`;
const inUse = (pool: string) => `omninode_active_connections{service="postgresql",pool="${pool}"}`;

test('the health check of a service, alone or within its health page, also of one that is ill', async () => {
  const [client, page, away] = [
    await service(json(health())),
    await service(json({ status: 'degraded', dependencies: { kafka: {}, postgres: health({ pool_free: 4 }) } }, 503)),
    await service(
      json({ status: 'unhealthy', connected: false, error: 'p4ssword', pool_exhaustion_likely: true }, 503),
    ),
  ];
  const watched = watch([
    { pool: 'client', url: client.url },
    { pool: 'page', url: page.url },
    { pool: 'away', url: away.url },
  ]);
  await expect.poll(() => watched.latest(limit('page')), soon).toBe(50);
  expect(watched.latest(open('client'))).toBe(10);
  expect(watched.latest(inUse('client'))).toBeUndefined(); // 10 are open; how many of them are in use nobody says
  expect(watched.latest(inUse('page'))).toBe(6);
  expect(watched.latest('omninode_database_connection_pool_exhausted{pool="away"}')).toBe(1);
  expect(watched.latest('omninode_database_connection_pool_connected{pool="away"}')).toBe(0);
  expect(watched.latest(open('away'))).toBeUndefined();
  expect(watched.latest(limit('server'))).toBe(97);
  await expect.poll(() => watched.status('connections'), soon).toBe('ok');
  expect(JSON.stringify([watched.writer.passes, watched.logger.lines])).not.toContain('p4ssword');
});

test('totals that fell began anew', async () => {
  let pool = { acquired_count: 500, released_count: 500, exhaustion_alerts: 2 };
  const restarting = await service((response, request) => json(health(pool))(response, request));
  const watched = watch([{ pool: 'a', url: restarting.url }]);
  const acquisitions = 'omninode_database_connection_pool_acquisitions_total{pool="a"}';
  const starts = () => watched.writer.passes.flatMap(({ starts: told }) => told[acquisitions] ?? []);
  await expect.poll(() => watched.values(acquisitions).length, soon).toBeGreaterThan(1);
  expect(starts()).toEqual([]);
  pool = { acquired_count: 3, released_count: 3, exhaustion_alerts: 0 };
  await expect.poll(() => watched.latest(acquisitions), soon).toBe(3);
  expect(Math.abs((starts()[0] as number) - Date.now())).toBeLessThan(3_000);
});

test('logs in by user and password of the URL, or by token, and tells neither', async () => {
  const [basic, bearer] = [await service(json(health())), await service(json(health()))];
  const watched = watch([
    { pool: 'basic', url: basic.url.replace('//', '//watcher:s3cr%40t@') },
    { pool: 'bearer', url: bearer.url, token: 't0ken' },
  ]);
  await expect.poll(() => [watched.latest(open('basic')), watched.latest(open('bearer'))], soon).toEqual([10, 10]);
  expect(basic.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('watcher:s3cr@t').toString('base64')}`);
  expect(bearer.asked[0]?.headers.authorization).toBe('Bearer t0ken');
  expect(JSON.stringify([watched.writer.passes, watched.logger.lines])).not.toMatch(/s3cr|t0ken/);
});

test.each([
  ['200 MB', endless, 'is bigger than 100000 bytes and was not read'],
  ['a byte a second', slowly, 'did not answer in full within 400 ms'],
  ['nothing', silence, 'did not answer in full within 400 ms'],
  ['a redirect', redirect, 'sends us elsewhere (HTTP status 302), which is not followed'],
  ['HTML', html, 'is not JSON'],
  ['half a line', halfALine, 'is not JSON'],
  ['a cut in the middle', cutOff, 'does not answer'],
  ['status 401', json({}, 401), 'refused our login with HTTP status 401'],
  ['status 500', json({}, 500), 'answered with HTTP status 500'],
  ['other JSON', json({ status: 'healthy' }), 'is not the JSON of a health check'],
  ['a list', json([1, 2]), 'is not the JSON of a health check'],
  ['figures that are none', json(health({ size: 'many', max_size: {} })), 'is not a finite number'],
] as const)('a service that answers with %s costs its own pool only', async (_, answer, reason) => {
  const [good, bad] = [await service(json(health())), await service(answer)];
  const before = process.memoryUsage().rss;
  const watched = watch([
    { pool: 'bad', url: bad.url },
    { pool: 'good', url: good.url },
  ]);
  await expect.poll(() => watched.status('connections'), soon).toBe('degraded');
  expect(watched.reason('connections')).toContain(reason);
  await expect.poll(() => watched.latest(open('good')), soon).toBe(10);
  expect(watched.latest(limit('server'))).toBe(97);
  expect(watched.latest(open('bad'))).toBeUndefined();
  await expect.poll(() => watched.status('availability'), soon).toBe('ok');
  expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
  await watched.stop();
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});

/** As much as is taken, up to 200 MB. */
function endless(response: ServerResponse): void {
  const part = Buffer.alloc(64 * 1024, ' ');
  response.writeHead(200, { 'content-length': 200_000_000 });
  const push = () => {
    while (!response.destroyed && response.write(part));
    if (!response.destroyed) response.once('drain', push);
  };
  push();
}

/** The slow loris: always something, never the end. */
function slowly(response: ServerResponse): void {
  response.writeHead(200);
  const drip = setInterval(() => response.write('{'), 100);
  response.on('close', () => clearInterval(drip));
}

function silence(): void {}

function redirect(response: ServerResponse): void {
  response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
}

function html(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
}

function halfALine(response: ServerResponse): void {
  response.end('{"connected": tr');
}

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 1_000 });
  response.write('{"connected"');
  setTimeout(() => response.destroy(), 50);
}
