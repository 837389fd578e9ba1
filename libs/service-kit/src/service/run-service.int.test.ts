import { Agent, get } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildService, runFaultyService } from '../testing/service-process.js';

beforeAll(buildService);

/** A client that keeps its connection. */
function keepAliveClient() {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return async (url: string) => {
    const [response] = await once(get(url, { agent }), 'response');
    return { status: response.statusCode as number, headers: response.headers, body: await text(response) };
  };
}

/** Sends SIGTERM and says how the process ended and after how long. */
async function terminate(service: ReturnType<typeof runFaultyService>) {
  const askedAtMs = performance.now();
  service.kill('SIGTERM');
  const { code, signal, atMs } = await service.exit;
  return { code, signal, tookMs: atMs - askedAtMs };
}

const sentences = (service: ReturnType<typeof runFaultyService>) => service.lines().map(({ msg }) => msg);

test('one line on stdout says where it answers; the rest is a log on stderr', async () => {
  const service = runFaultyService();
  const url = await service.ready();
  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ live: true });
  expect((await terminate(service)).code).toBe(0);
  expect(service.stdout()).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+ {2}\(faulty-service, after \d+\.\d s\)\n$/);
  expect(sentences(service).slice(-3)).toEqual([
    'It stops, because a signal asked for it.',
    'The last flush ran.',
    'It stopped in order.',
  ]);
});

test.each(['SIGINT', 'SIGHUP'] as const)('%s ends it in order, too', async (signal) => {
  const service = runFaultyService();
  await service.ready();
  service.kill(signal);
  expect((await service.exit).code).toBe(0);
});

test('a request under way is answered before the end, and its connection then ends', async () => {
  const service = runFaultyService();
  const ask = keepAliveClient();
  const url = await service.ready();
  expect((await ask(`${url}/livez`)).headers.connection).toBe('keep-alive');
  const answer = ask(`${url}/slow?ms=1500`);
  await service.logged('The slow request begins');
  const { code, tookMs } = await terminate(service);
  expect(await answer).toMatchObject({ status: 200, body: '{"waitedMs":1500}', headers: { connection: 'close' } });
  expect(code).toBe(0);
  expect(tookMs).toBeGreaterThan(1_200);
  expect(tookMs).toBeLessThan(3_000);
});

test('an idle client that keeps its connection does not hold up the end', async () => {
  const service = runFaultyService({ OMNINODE_HTTP_KEEP_ALIVE_TIMEOUT: '10m' });
  expect((await keepAliveClient()(`${await service.ready()}/livez`)).status).toBe(200);
  const { code, tookMs } = await terminate(service);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(3_000);
});

test('a connection that never asked for anything does not, either', async () => {
  const service = runFaultyService();
  const { port } = new URL(await service.ready());
  const socket = connect(Number(port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const { code, tookMs } = await terminate(service);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(3_000);
});

test('it is unready first, while it still answers', async () => {
  const service = runFaultyService({ OMNINODE_SHUTDOWN_DRAIN_DELAY: '1s' });
  const url = await service.ready();
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const ended = terminate(service);
  await service.logged('It stops, because');
  const unready = await fetch(`${url}/readyz`);
  expect([unready.status, await unready.json()]).toEqual([
    503,
    { ready: false, reasons: [{ check: 'stop', reason: 'It is stopping.' }] },
  ]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const { code, tookMs } = await ended;
  expect(code).toBe(0);
  expect(tookMs).toBeGreaterThan(950);
});

test('a lost flush shows in the exit code', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_UNDELIVERED: '3' });
  await service.ready();
  expect((await terminate(service)).code).toBe(1);
  expect(service.lines().at(-1)).toMatchObject({
    level: 'error',
    msg: 'Not everything that was accepted was delivered before the end.',
    source: 'test bus',
    undelivered: 3,
    unit: 'records',
  });
});

test('a part that never closes is left behind at the deadline, by name', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_HANG: 'closing', OMNINODE_SHUTDOWN_DEADLINE: '1s' });
  await service.ready();
  const { code, tookMs } = await terminate(service);
  expect(code).toBe(1);
  expect(tookMs).toBeGreaterThan(950);
  expect(tookMs).toBeLessThan(5_000);
  expect(service.lines().at(-1)).toMatchObject({
    msg: 'Some parts took too long to end and were left behind.',
    hung: ['Flush.onApplicationShutdown'],
    deadlineMs: 1_000,
  });
});

test('intake that never stops costs neither the requests nor the last flush', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_HANG: 'intake', OMNINODE_SHUTDOWN_DEADLINE: '2s' });
  await service.ready();
  expect((await terminate(service)).code).toBe(1);
  expect(sentences(service)).toContain('The last flush ran.');
  expect(service.lines().at(-1)).toMatchObject({ hung: ['Intake.beforeApplicationShutdown'] });
});

test('a request that never ends is cut, named, and does not cost the last flush', async () => {
  const service = runFaultyService({ OMNINODE_SHUTDOWN_DEADLINE: '2s' });
  const answer = fetch(`${await service.ready()}/slow?ms=60000`);
  await service.logged('The slow request begins');
  const [{ code }, failed] = await Promise.all([terminate(service), answer.catch((error: unknown) => error)]);
  expect(failed).toBeInstanceOf(TypeError);
  expect(code).toBe(1);
  expect(sentences(service)).toContain('The last flush ran.');
  expect(service.lines().at(-1)).toMatchObject({ hung: ['GET /slow'] });
});

test('a part that fails while it closes does not cost the last flush', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_FAIL: 'intake' });
  await service.ready();
  expect((await terminate(service)).code).toBe(1);
  expect(service.lines().find(({ level }) => level === 'error')).toMatchObject({
    msg: 'A part failed while it closed.',
    part: 'Intake.beforeApplicationShutdown',
    error: { message: 'the consumer broke' },
  });
  expect(sentences(service)).toContain('The last flush ran.');
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second signal (%s) ends it at once with %i', async (signal, code) => {
  const service = runFaultyService({ OMNINODE_FAULT_HANG: 'closing' });
  await service.ready();
  service.kill('SIGTERM');
  await service.logged('It stops, because');
  // One request may arrive twice: from a supervisor that signals a group, and passed on by a parent.
  service.kill('SIGTERM');
  await sleep(600);
  const askedAtMs = performance.now();
  service.kill(signal);
  const ended = await service.exit;
  expect(ended.code).toBe(code);
  expect(ended.atMs).toBeGreaterThan(askedAtMs);
  expect(ended.atMs - askedAtMs).toBeLessThan(3_000);
});

test('a signal ends a start that never comes to its end', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_HANG: 'start', OMNINODE_SHUTDOWN_DEADLINE: '500ms' });
  await service.logged('A secret is written');
  const { code, tookMs } = await terminate(service);
  expect(code).toBe(1);
  expect(tookMs).toBeLessThan(5_000);
  expect(service.lines().at(-1)).toMatchObject({ msg: 'The end took too long while the service was still starting.' });
});

test('a port in use is one line that names the port, who uses it and what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const service = runFaultyService({ OMNINODE_HTTP_PORT: String(port) });
  expect((await service.exit).code).toBe(1);
  expect(service.stdout()).toBe('');
  const failures = service.lines().filter(({ level }) => level === 'error');
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ code: 'PORT_IN_USE' });
  expect(failures[0]!.msg).toMatch(
    new RegExp(
      `^Port ${port} of 127\\.0\\.0\\.1 is in use by .+ \\(process ${process.pid}\\)\\. Stop what uses it, or choose another port: OMNINODE_HTTP_PORT=\\d+\\.$`,
    ),
  );
  // It is found out before anything begins.
  expect(sentences(service)).toHaveLength(1);
});

test('an address that is not ours is one line, too', async () => {
  const service = runFaultyService({ OMNINODE_HTTP_HOST: '203.0.113.7' });
  expect((await service.exit).code).toBe(2);
  expect(
    service
      .lines()
      .filter(({ level }) => level === 'error')
      .map(({ msg }) => msg),
  ).toEqual([
    'This process cannot listen on 203.0.113.7, port 0 (EADDRNOTAVAIL). Set OMNINODE_HTTP_HOST to an address of this machine, or leave it out for 127.0.0.1.',
  ]);
});

test('an error that nobody catches is logged with its code and ends it', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_UNCAUGHT_AFTER: '100ms' });
  expect((await service.exit).code).toBe(1);
  expect(service.lines().at(-1)).toMatchObject({ level: 'error', code: 'E_NOBODY', event: 'uncaughtException' });
});

test('every mistake in the configuration is a line on stderr, and the exit code is 2', async () => {
  const service = runFaultyService({ OMNINODE_HTTP_PORT: 'x', OMNINODE_HTTP_HOTS: 'y' }, ['--log.level=loud']);
  expect((await service.exit).code).toBe(2);
  expect(service.stdout()).toBe('');
  expect(service.stderr().trim().split('\n')).toEqual([
    'faulty-service: environment OMNINODE_HTTP_HOTS: no setting has this variable. Did you mean OMNINODE_HTTP_HOST?',
    'faulty-service: environment OMNINODE_HTTP_PORT: http.port is "x"; it must be a whole number from 0 to 65535.',
    'faulty-service: flag --log.level: log.level is "loud"; it must be one of debug, info, warn, error, silent.',
  ]);
});

test('--print-config prints every value and where it comes from, and ends', async () => {
  const service = runFaultyService({ OMNINODE_FAULT_PASSWORD: 'hunter2' }, ['--print-config', '--http.port=8099']);
  expect((await service.exit).code).toBe(0);
  expect(service.stdout()).toContain('http.port = 8099  (from flag --http.port)\n');
  expect(service.stdout()).toContain('fault.password = ***  (from environment OMNINODE_FAULT_PASSWORD)\n');
  expect(service.stderr()).toBe('');
});

test('--help prints every setting, and ends', async () => {
  const service = runFaultyService({}, ['--help']);
  expect((await service.exit).code).toBe(0);
  expect(service.stdout()).toContain(
    '--fault.undelivered  OMNINODE_FAULT_UNDELIVERED\n    Records that the last flush loses. It is a whole number, at least 0. Default: 0.\n',
  );
});

test('it goes on when nobody reads its stdout any more', async () => {
  const service = runFaultyService();
  service.closeStdout();
  await service.logged('A secret is written');
  await sleep(1_000);
  expect((await terminate(service)).code).toBe(0);
});

test('no output of any run shows a secret', async () => {
  const secrets = {
    OMNINODE_FAULT_PASSWORD: 'hunter2',
    OMNINODE_DATABASE_URL: 'postgres://app:hunter2@db/orders',
    OMNINODE_LOG_LEVEL: 'debug',
  };
  const broken = runFaultyService(secrets);
  const answer = await fetch(`${await broken.ready()}/broken`);
  const body = await answer.text();
  await terminate(broken);
  const failing = runFaultyService({ ...secrets, OMNINODE_FAULT_FAIL: 'start' });
  await failing.exit;
  const pretty = runFaultyService({ ...secrets, OMNINODE_LOG_FORMAT: 'pretty' });
  await pretty.ready();
  pretty.kill('SIGTERM');
  await pretty.exit;
  const printed = [body, ...[broken, failing, pretty].flatMap((service) => [service.stdout(), service.stderr()])].join(
    '\n',
  );
  expect(printed).toContain('redis://***@cache:6379');
  expect(printed).toContain('postgres://***@db/orders');
  expect(printed).not.toContain('hunter2');
});
