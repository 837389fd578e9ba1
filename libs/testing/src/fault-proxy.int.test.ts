import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFaultProxy } from './fault-proxy.js';
import type { FaultProxy } from './fault-proxy.js';

let server: Server;
let proxy: FaultProxy;
let received: string[];
let serverSockets: Socket[];

/** The server answers each chunk with the same in upper case. */
beforeEach(async () => {
  received = [];
  serverSockets = [];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    serverSockets.push(socket);
    socket.on('error', (error) => received.push((error as NodeJS.ErrnoException).code ?? ''));
    socket.on('data', (data) => {
      received.push(String(data));
      if (socket.writable) socket.write(String(data).toUpperCase());
    });
    socket.on('end', () => {
      received.push('end');
      if (socket.writable) socket.end('BYE');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of serverSockets) socket.destroy();
  server.close();
});

async function openClient() {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  const client = { socket, got: '', ending: undefined as string | undefined };
  socket.on('data', (data) => (client.got += String(data)));
  socket.on('error', (error) => (client.ending = (error as NodeJS.ErrnoException).code));
  socket.on('end', () => (client.ending ??= 'end'));
  await once(socket, 'connect');
  return client;
}
const moment = () => new Promise((resolve) => setTimeout(resolve, 120));

test('passes bytes both ways, and each end of a stream separately', async () => {
  const client = await openClient();
  client.socket.write('hello');
  await expect.poll(() => client.got).toBe('HELLO');
  expect(proxy.connections).toBe(1);
  client.socket.end();
  await expect.poll(() => client.got).toBe('HELLOBYE');
  expect(client.ending).toBe('end');
  await expect.poll(() => proxy.connections).toBe(0);
});

test('delivers late bytes although their sender has gone, and the server ended first', async () => {
  const client = await openClient();
  await expect.poll(() => serverSockets.length).toBe(1);
  proxy.delay(100, 'to-server');
  client.socket.end('last words');
  serverSockets[0]?.end();
  await expect.poll(() => client.ending).toBe('end');
  await expect.poll(() => received).toEqual(['last words', 'end']);
});

test('passes 20 MB unchanged through a slow reader', async () => {
  const client = await openClient();
  const block = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 20; count++) client.socket.write(block);
  client.socket.pause();
  await moment();
  client.socket.resume();
  await expect.poll(() => client.got.length, { timeout: 10_000 }).toBe(20 * block.length);
});

test('delays each direction by its own time, without reducing the throughput', async () => {
  const client = await openClient();
  proxy.delay(150);
  const startedAt = performance.now();
  client.socket.write('a');
  await moment();
  client.socket.write('b'); // 120 ms after the first: arrives 120 ms after it too
  await expect.poll(() => client.got, { interval: 5 }).toBe('A');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  await expect.poll(() => client.got, { interval: 5 }).toBe('AB');
  expect(performance.now() - startedAt).toBeLessThan(550);
  proxy.delay(60_000, 'to-server');
  client.socket.write('c');
  await moment();
  expect(received).toEqual(['a', 'b']);
  await proxy.heal();
  await expect.poll(() => client.got).toBe('ABC');
});

test('stalls one direction only: the server still hears, the client hears nothing, and nothing is lost', async () => {
  const client = await openClient();
  proxy.stall('to-client');
  client.socket.write('one');
  await expect.poll(() => received).toEqual(['one']);
  await moment();
  expect(client.got).toBe('');
  await proxy.heal();
  await expect.poll(() => client.got).toBe('ONE');

  proxy.stall('to-server');
  client.socket.write('two');
  serverSockets[0]?.write('unasked');
  await expect.poll(() => client.got).toBe('ONEunasked');
  expect(received).toEqual(['one']);
  await proxy.heal();
  await expect.poll(() => client.got).toBe('ONEunaskedTWO');
});

test('a stall of both directions keeps old and new connections open and silent', async () => {
  const client = await openClient();
  proxy.stall();
  const late = await openClient();
  client.socket.write('a');
  late.socket.write('b');
  await moment();
  expect([client.got, late.got, client.ending, received]).toEqual(['', '', undefined, []]);
  await proxy.heal();
  await expect.poll(() => client.got + late.got).toBe('AB');
});

test('cut ends connections in order, reset by RST, and new ones work', async () => {
  const orderly = await openClient();
  await expect.poll(() => serverSockets.length).toBe(1);
  proxy.cut();
  await expect.poll(() => orderly.ending).toBe('end');
  await expect.poll(() => received).toEqual(['end']);

  const abrupt = await openClient();
  await expect.poll(() => serverSockets.length).toBe(2);
  proxy.reset();
  await expect.poll(() => abrupt.ending).toBe('ECONNRESET');
  await expect.poll(() => received).toEqual(['end', 'ECONNRESET']);

  const next = await openClient();
  next.socket.write('x');
  await expect.poll(() => next.got).toBe('X');
});

test('refuses new connections and keeps open ones until it heals', async () => {
  const open = await openClient();
  await proxy.refuse();
  await expect(openClient()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  open.socket.write('still');
  await expect.poll(() => open.got).toBe('STILL');
  await proxy.heal();
  await openClient();
});

test('a server that is gone shows as a reset, and so does one that resets', async () => {
  const client = await openClient();
  await expect.poll(() => serverSockets.length).toBe(1);
  serverSockets[0]?.resetAndDestroy();
  await expect.poll(() => client.ending).toBe('ECONNRESET');
  server.close();
  const late = await openClient();
  await expect.poll(() => late.ending).toBe('ECONNRESET');
  await expect.poll(() => proxy.connections).toBe(0);
});
