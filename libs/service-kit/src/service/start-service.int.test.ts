import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Body, Controller, Get, Inject, NotFoundException, Post, Sse } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { EventPattern, Payload, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { defineErrors } from '@omninode/contracts';
import { NEVER, fromEvent, map, merge, of, takeUntil } from 'rxjs';
import { expect, onTestFinished, test } from 'vitest';
import type { Logger } from '../log/logger.js';
import { createLogger } from '../log/logger.js';
import { LOGGER, STOPPING } from './service.module.js';
import { startService } from './start-service.js';
import type { ServiceOptions } from './start-service.js';
import type { Modules } from './service-context.js';

const errors = defineErrors({
  RANGE_TOO_LONG: { phase: 'input', retryable: false, message: 'The range {range} is too long; ask for at most 30d.' },
  STORE_AWAY: { phase: 'storage', retryable: true, message: 'The store does not answer; it is tried again.' },
});

@Controller()
class TestController {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(STOPPING) private readonly stopping: AbortSignal,
  ) {}

  @Get('input')
  input(): never {
    throw errors.RANGE_TOO_LONG({ range: '90d' });
  }

  @Get('away')
  away(): never {
    throw errors.STORE_AWAY();
  }

  @Get('gone')
  gone(): never {
    throw new NotFoundException({ code: 'TARGET_UNKNOWN', message: 'There is no target x.' });
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    this.logger.info('Something was echoed.');
    return body;
  }

  /** A stream that goes on until the process stops. */
  @Sse('stream')
  stream() {
    const stopped = fromEvent(this.stopping, 'abort');
    return merge(of({ data: 'hello' }), NEVER).pipe(
      takeUntil(stopped),
      map((event) => event),
    );
  }

  @EventPattern('measured')
  measured(@Payload() payload: unknown): void {
    received.push(payload);
  }
}

const received: unknown[] = [];

/** A transport in memory that notes its life. */
class NotingStrategy extends Server implements CustomTransportStrategy, OnApplicationShutdown {
  readonly notes: string[] = [];

  listen(callback: () => void): void {
    this.notes.push(`listens to ${[...this.messageHandlers.keys()].join()}`);
    callback();
  }

  deliver(pattern: string, payload: unknown): Promise<unknown> {
    return this.messageHandlers.get(pattern)!(payload);
  }

  close(): void {
    this.notes.push('closes');
    throw new Error('the broker is gone');
  }

  beforeApplicationShutdown(): void {
    this.notes.push('stops its intake');
  }

  onApplicationShutdown(): void {
    this.notes.push('flushes');
  }

  on(): never {
    throw new Error('It has no events.');
  }

  unwrap(): never {
    throw new Error('It wraps nothing.');
  }
}

/** Starts a service on a free port that ends with the test; its log lines are in `log`. */
async function start(options: ServiceOptions = {}, modules: Modules = []) {
  const log: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const logger = createLogger({ service: 'test', level: 'debug', format: 'json', destination });
  const imports = [{ module: class TestModule {}, controllers: [TestController] }, ...modules];
  const env = { OMNINODE_HTTP_PORT: '0', ...options.env };
  const service = await startService('test', () => imports, { ...options, logger, env });
  onTestFinished(() => void service.stop());
  return { service, log, url: service.url };
}

test('two services run side by side in one process, and stopping one leaves the other', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  expect(one.url).not.toBe(two.url);
  expect(await one.service.stop()).toEqual({ exitCode: 0, undelivered: [], hung: [], failed: [] });
  expect((await fetch(`${two.url}/livez`)).status).toBe(200);
  await expect(fetch(`${one.url}/livez`)).rejects.toThrow();
  expect(process.listenerCount('SIGTERM')).toBe(0);
});

test('handlers of the transport are served, and a transport that fails to close does not cost the flush', async () => {
  const strategy = new NotingStrategy();
  const transport = {
    module: class TransportModule {},
    providers: [
      { provide: 'BUS', useValue: strategy },
      { provide: 'ALIAS', useExisting: 'BUS' },
      { provide: 'SECOND', useValue: strategy },
    ],
  };
  const { service } = await start({ strategy: 'BUS' }, [transport]);
  await strategy.deliver('measured', { value: 1 });
  expect(received).toEqual([{ value: 1 }]);
  expect(await service.stop()).toMatchObject({ exitCode: 1, failed: ['NotingStrategy.close'] });
  // Once each, although three tokens provide it.
  expect(strategy.notes).toEqual(['listens to measured', 'stops its intake', 'closes', 'flushes']);
});

test('it is ready when every check is, and says which is not', async () => {
  const { service, url } = await start();
  const ready = async (query = '') => {
    const response = await fetch(`${url}/readyz${query}`);
    return [response.status, await response.json()];
  };
  expect(await ready()).toEqual([200, { ready: true }]);
  let reason: string | undefined = 'The broker does not answer.';
  service.readiness.add({ name: 'bus', check: () => ({ ready: reason === undefined, reason }) });
  service.readiness.add({ name: 'state', check: async () => ({ ready: true }) });
  expect(await ready()).toEqual([
    503,
    { ready: false, reasons: [{ check: 'bus', reason: 'The broker does not answer.' }] },
  ]);
  reason = undefined;
  expect(await ready('?verbose')).toEqual([
    200,
    {
      ready: true,
      checks: [
        { name: 'bus', ready: true },
        { name: 'state', ready: true },
      ],
    },
  ]);
  const remove = service.readiness.add({
    name: 'broken',
    check: () => Promise.reject(Object.assign(new Error('postgres://u:hunter2@h'), { code: 'ECONNREFUSED' })),
  });
  expect(await ready()).toEqual([
    503,
    { ready: false, reasons: [{ check: 'broken', reason: 'It failed (ECONNREFUSED).' }] },
  ]);
  remove();
  service.readiness.add({ name: 'silent', check: () => new Promise(() => undefined) });
  expect(await ready()).toEqual([
    503,
    { ready: false, reasons: [{ check: 'silent', reason: 'It did not answer within 1000 ms.' }] },
  ]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test('every failed request is answered with a code', async () => {
  const { url, log } = await start();
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    expect(response.headers.get('content-type')).toMatch('application/json');
    return [response.status, await response.json()];
  };
  const json = { 'content-type': 'application/json' };
  expect(await ask('/nowhere')).toEqual([404, { error: { code: 'NOT_FOUND', message: 'Cannot GET /nowhere' } }]);
  expect(await ask('/%zz')).toEqual([
    400,
    { error: { code: 'BAD_REQUEST', message: "'/%zz' is not a valid url component" } },
  ]);
  expect(await ask('/input')).toEqual([
    400,
    { error: { code: 'RANGE_TOO_LONG', message: 'The range 90d is too long; ask for at most 30d.' } },
  ]);
  expect(await ask('/gone')).toEqual([404, { error: { code: 'TARGET_UNKNOWN', message: 'There is no target x.' } }]);
  expect(await ask('/away')).toEqual([
    503,
    { error: { code: 'STORE_AWAY', message: 'The store does not answer; it is tried again.' } },
  ]);
  expect(await ask('/echo', { method: 'POST', body: '{"a":', headers: json })).toMatchObject([
    400,
    { error: { code: 'BAD_REQUEST' } },
  ]);
  expect(await ask('/echo', { method: 'POST', body: '{"__proto__":{}}', headers: json })).toMatchObject([
    400,
    { error: { code: 'BAD_REQUEST' } },
  ]);
  expect(
    await ask('/echo', { method: 'POST', body: JSON.stringify('x'.repeat(1_100_000)), headers: json }),
  ).toMatchObject([413, { error: { code: 'PAYLOAD_TOO_LARGE' } }]);
  expect(await ask('/echo', { method: 'POST', body: 'x', headers: { 'content-type': 'text/weird' } })).toMatchObject([
    415,
    { error: { code: 'UNSUPPORTED_MEDIA_TYPE' } },
  ]);
  expect(log.filter(({ level }) => level === 'error').map(({ path, status }) => [path, status])).toEqual([
    ['/away', 503],
  ]);
});

test('what is no HTTP is answered with a code, too, and no answer tells what serves it', async () => {
  const { url } = await start();
  const raw = async (request: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(request);
    return text(socket);
  };
  expect(await raw('no http at all\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\n\{"error":\{"code":"BAD_REQUEST","message":"Bad Request\."\}\}$/s,
  );
  expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 .*"REQUEST_HEADER_FIELDS_TOO_LARGE"/s,
  );
  const { headers } = await fetch(`${url}/livez`);
  expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
});

test('a client that does not come to the end of its request is cut off', async () => {
  const { url } = await start({ env: { OMNINODE_HTTP_REQUEST_TIMEOUT: '1s' } });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 .*"REQUEST_TIMEOUT"/s);
});

test('an event stream ends when the process stops, and does not hold up the end', async () => {
  const { url, service } = await start();
  const stream = await fetch(`${url}/stream`);
  const body = stream.text();
  expect(await service.stop()).toMatchObject({ exitCode: 0, hung: [] });
  expect(await body).toContain('data: hello');
});

test('Nest’s own lines are in our format, its start-up at debug', async () => {
  const { log } = await start();
  expect(log).toContainEqual(
    expect.objectContaining({
      level: 'debug',
      service: 'test',
      component: 'NestFactory',
      msg: 'Starting Nest application...',
    }),
  );
  expect(log.filter(({ level }) => level !== 'debug')).toEqual([]);
});

test('a start that fails closes what had started', async () => {
  const strategy = new NotingStrategy();
  strategy.listen = () => {
    throw new Error('no broker');
  };
  const transport = { module: class TransportModule {}, providers: [{ provide: 'BUS', useValue: strategy }] };
  await expect(start({ strategy: 'BUS' }, [transport])).rejects.toThrow('no broker');
  expect(strategy.notes).toEqual(['stops its intake', 'closes', 'flushes']);
});

test('a wrong configuration is refused before anything starts', async () => {
  await expect(start({ env: { OMNINODE_HTTP_PORT: 'x' } })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
