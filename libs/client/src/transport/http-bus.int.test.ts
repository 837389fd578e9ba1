import { contentTypes } from '@omninode/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import { startIngestServer, status } from '../testing/ingest-server.js';
import type { IngestServer } from '../testing/ingest-server.js';
import { httpBus, recordsContentType } from './http-bus.js';

const token = 'hunter2-token';
const record = {
  topic: 't',
  key: 'checkout',
  value: Buffer.from('{}'),
  headers: { 'content-type': contentTypes.columns },
};

let server: IngestServer;
beforeAll(async () => void (server = await startIngestServer()));
afterEach(() => {
  server.answerWith();
  server.requests.length = 0;
});
afterAll(() => server.stop());

test('measurements arrive as the contract has them, several records in one request, with the token', async () => {
  const { client, problems } = clientRig({
    bus: httpBus({ url: server.url, token: async () => token }),
    slowAfterMs: 0,
  });
  client.trace('checkout', 'pay', () => 1);
  expect(await client.close()).toEqual({ undelivered: 0, spooled: 0 });
  expect(problems).toEqual([]);
  const [request, ...others] = server.requests;
  expect(others).toEqual([]);
  expect(request).toMatchObject({
    method: 'POST',
    path: '/api/v1/measurements',
    headers: { 'content-type': recordsContentType, authorization: `Bearer ${token}` },
  });
  expect(request?.body.records.map(({ key, contentType }) => [key, contentType])).toEqual(
    Array.from({ length: 4 }, () => ['checkout', contentTypes.columns]),
  );
  // Dictionary, data, event and close, without a gap.
  expect(server.bus.records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(
    server.bus.value('omninode_requests_total', { component: 'checkout', operation: 'pay', status: 'success' }),
  ).toBe(1);
  expect(server.bus.eventsOf('omninode.slow_operation')).toHaveLength(1);
});

describe('what the mesh answers', () => {
  test.each([
    [401, { code: 'INGEST_UNAUTHORIZED', phase: 'configuration', retryable: false }],
    [403, { code: 'INGEST_UNAUTHORIZED', phase: 'configuration', retryable: false }],
    [404, { code: 'INGEST_NOT_FOUND', phase: 'configuration', retryable: false }],
    [302, { code: 'INGEST_NOT_FOUND', phase: 'configuration', retryable: false }],
    [413, { code: 'INGEST_RECORD_TOO_LARGE', phase: 'input', retryable: false }],
    [400, { code: 'INGEST_REFUSED', phase: 'bus', retryable: false }],
    [200, { code: 'INGEST_REFUSED', phase: 'bus', retryable: false }],
    [429, { code: 'INGEST_BUSY', phase: 'bus', retryable: true }],
    [503, { code: 'INGEST_BUSY', phase: 'bus', retryable: true }],
    [500, { code: 'INGEST_BUSY', phase: 'bus', retryable: true }],
  ])('%s is an error that says what to do, and never the token', async (code, expected) => {
    server.answerWith(status(code, { location: `${server.url}/elsewhere` }));
    const error: unknown = await httpBus({ url: server.url, token })
      .publish([record])
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([error, String(error)])).not.toContain(token);
    // A redirect is not followed: whoever it leads to would be given the token.
    expect(server.requests).toHaveLength(1);
  });

  test('nobody there, and somebody who never answers, are unreachable', async () => {
    const stopped = await startIngestServer();
    await stopped.stop();
    const nobody = httpBus({ url: stopped.url }).publish([record]);
    await expect(nobody).rejects.toMatchObject({
      code: 'INGEST_UNREACHABLE',
      retryable: true,
      fields: { detail: 'ECONNREFUSED' },
    });
    server.answerWith(() => undefined);
    const silent = httpBus({ url: server.url, timeoutMs: 50 }).publish([record]);
    await expect(silent).rejects.toMatchObject({ code: 'INGEST_UNREACHABLE', fields: { detail: 'no answer in time' } });
  });

  test('an answer without end is not read', async () => {
    server.answerWith((response) => {
      response.writeHead(202);
      const pour = setInterval(() => response.write(Buffer.alloc(1_000_000)), 1);
      response.on('close', () => clearInterval(pour));
    });
    expect(await httpBus({ url: server.url }).publish([record])).toHaveLength(1);
  });

  test('patience that the mesh asks for is kept: nothing is sent before', async () => {
    server.answerWith(status(429, { 'retry-after': '1' }), (response, received) => {
      server.take(received);
      response.writeHead(202).end();
    });
    const { client } = clientRig({ bus: httpBus({ url: server.url }) });
    client.trace('checkout', 'pay', () => 1);
    const startedMs = performance.now();
    expect(await client.flush(10_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(performance.now() - startedMs).toBeGreaterThan(990);
    expect(server.requests).toHaveLength(2);
    await client.close();
  });
});

describe('while the mesh is away', () => {
  test('records wait and arrive when it is back, each once and in order', async () => {
    server.answerWith(status(503));
    const { client, problems } = clientRig({ bus: httpBus({ url: server.url }) });
    for (let nth = 0; nth < 5; nth++) {
      client.trace('checkout', 'pay', () => 1);
      await client.flush(20);
    }
    expect(client.stats().queuedRecords).toBeGreaterThan(4);
    server.answerWith();
    const before = server.bus.records.length;
    expect(await client.close(10_000)).toEqual({ undelivered: 0, spooled: 0 });
    const sequences = server.bus.records.slice(before).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, nth) => nth + 1));
    expect(problems.length).toBeGreaterThan(0);
  });

  test('memory is bounded: the oldest are dropped, and the close record says how many', async () => {
    server.answerWith(status(503));
    const { client } = clientRig({ bus: httpBus({ url: server.url }), maxMemoryBytes: 40_000 });
    for (let nth = 0; nth < 100; nth++) {
      for (let each = 0; each < 20; each++) client.trace('checkout', `operation_${each}`, () => 1);
      await client.flush(1);
    }
    const { queuedBytes, dropped } = client.stats();
    expect(queuedBytes).toBeLessThanOrEqual(40_000);
    expect(dropped.get('MEMORY_FULL')).toBeGreaterThan(0);
    server.answerWith();
    const before = server.bus.records.length;
    await client.close(10_000);
    const received = server.bus.records.slice(before);
    const close = received.at(-1);
    expect(close?.close?.dropped).toBeGreaterThan(0);
    // The ledger of the contract: last sequence = distinct received + dropped.
    const distinct = new Set(received.map(({ sequence }) => sequence)).size;
    expect(close?.sequence).toBe(distinct + close!.close!.dropped);
  });

  test('a service that ends waits no longer than it said, and hears of what is lost', async () => {
    server.answerWith(status(503));
    const { client } = clientRig({ bus: httpBus({ url: server.url }) });
    client.trace('checkout', 'pay', () => 1);
    const startedMs = performance.now();
    const { undelivered } = await client.close(100);
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(undelivered).toBeGreaterThan(0);
    expect(client.stats().dropped.get('UNDELIVERED_AT_CLOSE')).toBe(undelivered);
    expect(client.trace('checkout', 'pay', () => 'goes on')).toBe('goes on');
    expect(await client.close()).toEqual({ undelivered, spooled: 0 });
  });
});

test('requests are not larger than web servers take', async () => {
  const { client } = clientRig({ bus: httpBus({ url: server.url }), maxOperations: 2_000 });
  for (let nth = 0; nth < 2_000; nth++) client.trace('checkout', `operation_${nth}`, () => 1);
  await client.close();
  const lengths = server.requests.map(({ headers }) => Number(headers['content-length']));
  expect(Math.max(...lengths)).toBeLessThan(1_000_000);
});

test.each([
  ['no address', 'nonsense'],
  ['another protocol', 'ftp://mesh'],
  ['a password in it', 'http://user:hunter2@mesh'],
  ['a query', 'http://mesh/?token=hunter2'],
])('%s is no way to the mesh, and is told without what was given', (_, url) => {
  let error: unknown;
  try {
    httpBus({ url });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'CLIENT_OPTION_INVALID' });
  expect(String(error)).not.toContain('hunter2');
});

test.each([
  ['http://mesh', '/api/v1/measurements'],
  ['http://mesh/', '/api/v1/measurements'],
  ['http://mesh/under/', '/under/api/v1/measurements'],
  ['http://mesh/api/v1/measurements', '/api/v1/measurements'],
])('the path follows %s', async (url, path) => {
  const other = new URL(url);
  server.answerWith(status(202));
  await httpBus({ url: `${server.url}${other.pathname}` }).publish([record]);
  expect(server.requests[0]?.path).toBe(path);
});
