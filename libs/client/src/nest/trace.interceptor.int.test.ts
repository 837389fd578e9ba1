import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { lastValueFrom, of, throwError } from 'rxjs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import { TraceInterceptor } from './trace.interceptor.js';

const { client, bus, pass, problems } = clientRig();

@Controller('orders')
class Orders {
  @Get('slow')
  async slow() {
    await sleep(1_500);
  }

  @Get('broken')
  broken() {
    throw new RangeError('no');
  }

  @Get('missing')
  missing() {
    throw new NotFoundException();
  }

  @Get(':id')
  async one(@Param('id') id: string) {
    await sleep(1);
    return { id, requestId: client.current?.requestId, headers: client.inject({}) };
  }
}

let app: INestApplication;
let url: string;
beforeAll(async () => {
  const module = await Test.createTestingModule({ controllers: [Orders] }).compile();
  app = module.createNestApplication(new FastifyAdapter({ forceCloseConnections: true }), { logger: false });
  app.useGlobalInterceptors(new TraceInterceptor(client));
  await app.listen(0, '127.0.0.1');
  url = `${await app.getUrl()}/orders`;
});
afterAll(() => app.close());

const total = async (operation: string, status: string) => {
  await pass();
  return bus.value('omninode_requests_total', { component: 'http', operation: `Orders.${operation}`, status });
};

test('the handler runs in the request of the caller, and the answer says which it was', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { 'x-request-id': 'hook-17', traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const answer = await fetch(`${url}/7`, { headers });
  expect(answer.headers.get('x-request-id')).toBe('hook-17');
  expect(await answer.json()).toMatchObject({
    id: '7',
    requestId: 'hook-17',
    headers: { 'x-request-id': 'hook-17', traceparent: expect.stringContaining(traceId) },
  });
  await fetch(`${url}/8`);
  // One operation, whatever the path was.
  expect(await total('one', 'success')).toBe(2);
  expect(problems).toEqual([]);
});

test('an error of the service is a failure, one of the caller is not; both answers are those of Nest', async () => {
  expect((await fetch(`${url}/broken`)).status).toBe(500);
  expect((await fetch(`${url}/missing`)).status).toBe(404);
  expect(await total('broken', 'failure')).toBe(1);
  expect(await total('missing', 'success')).toBe(1);
  expect(bus.series('omninode_errors_total')).toEqual([
    'omninode_errors_total{component="http",error_type="RangeError",operation="Orders.broken"}',
  ]);
});

test('a caller who hangs up has cancelled', async () => {
  await expect(fetch(`${url}/slow`, { signal: AbortSignal.timeout(200) })).rejects.toThrow();
  await vi.waitFor(async () => expect(await total('slow', 'cancelled')).toBe(1), 1_000);
  // The handler runs to its end all the same, and that is no second end of the request.
  await sleep(1_600);
  expect(await total('slow', 'cancelled')).toBe(1);
  expect(await total('slow', 'success')).toBe(0);
});

test('a Kafka message goes on with the ids of its sender', async () => {
  const contextOf = (getMessage: () => unknown) =>
    ({
      getType: () => 'rpc',
      getClass: () => Orders,
      getHandler: () => Orders.prototype.one,
      switchToRpc: () => ({ getContext: () => ({ getMessage }) }),
    }) as never;
  const interceptor = new TraceInterceptor(client, { component: 'events' });
  let requestId: string | undefined;
  const handle = () => ((requestId = client.current?.requestId), of('done'));
  const message = { headers: { 'x-request-id': Buffer.from('hook-18') } };
  expect(
    await lastValueFrom(
      interceptor.intercept(
        contextOf(() => message),
        { handle },
      ),
    ),
  ).toBe('done');
  expect(requestId).toBe('hook-18');
  const failing = { handle: () => throwError(() => new TypeError('no')) };
  await expect(
    lastValueFrom(
      interceptor.intercept(
        contextOf(() => undefined),
        failing,
      ),
    ),
  ).rejects.toThrow(TypeError);
  await pass();
  const labels = { component: 'events', operation: 'Orders.one' };
  expect(bus.value('omninode_requests_total', { ...labels, status: 'success' })).toBe(1);
  expect(bus.value('omninode_errors_total', { ...labels, error_type: 'TypeError' })).toBe(1);
});
