import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { errorCode } from '@omninode/contracts';
import { errors } from '../errors.js';
import { codeOfStatus, sendAnswer } from './coded-error.filter.js';
import { portHolder } from './port-holder.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ServiceConfiguration } from '../configuration/load-configuration.js';
import type { Pending } from '../service/pending.js';

/** The HTTP server with the limits that a client of any intent gets. `pending` learns of each request under way. */
export function createHttpAdapter(
  http: ServiceConfiguration['http'],
  pending: Pending,
  stopping: AbortSignal,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: http.bodyLimit,
    requestTimeout: http.requestTimeout,
    keepAliveTimeout: http.keepAliveTimeout,
    // On closing, what is idle is cut and what is under way may finish.
    forceCloseConnections: 'idle',
    http: {
      maxHeaderSize: 16_384,
      headersTimeout: Math.min(http.requestTimeout, 10_000),
      connectionsCheckingInterval: 1_000,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => sendAnswer(reply, error),
  });
  const server = adapter.getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    const ended = pending.begin('request', `${request.method} ${request.url.split('?')[0]}`);
    // `close` comes after a response, an aborted request and an event stream alike.
    reply.raw.once('close', ended);
    done();
  });
  cutSilentConnections(server);
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // A connection that would stay open after its last response would hold up the end.
    if (stopping.aborted) reply.header('connection', 'close');
    done();
  });
  return adapter;
}

/**
 * On closing, ends connections that never brought a whole request. Node counts only those as idle that had one, so a browser
 * that connects in advance would hold up the end until its connection is given up.
 */
function cutSilentConnections(server: FastifyInstance): void {
  const silent = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.server.on('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  server.addHook('preClose', (done) => {
    for (const socket of silent) socket.destroy();
    done();
  });
}

/** Listens, and resolves to the address for people. */
export async function listen(
  app: NestFastifyApplication,
  { host, port }: ServiceConfiguration['http'],
): Promise<string> {
  const server = app.getHttpAdapter().getInstance();
  try {
    // Nest's own `listen` writes a second line about each failure.
    await server.listen({ host, port });
  } catch (error) {
    throw listenFailure(error, host, port);
  }
  const address = server.server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${reachable(host)}:${actualPort}`;
}

/** Throws what `listen` would throw, before anything of the application has begun to work. */
export async function assertUsable({ host, port }: ServiceConfiguration['http']): Promise<void> {
  const probe = createServer().listen({ host, port });
  try {
    await once(probe, 'listening');
  } catch (error) {
    throw listenFailure(error, host, port);
  }
  probe.close();
  await once(probe, 'close');
}

function listenFailure(error: unknown, host: string, port: number): unknown {
  const reason = errorCode(error);
  if (reason === 'EADDRINUSE')
    return errors.PORT_IN_USE(
      { port, host, holder: portHolder(port), suggestion: port + 1000 > 65_535 ? 8080 : port + 1000 },
      error,
    );
  const advice: Record<string, string> = {
    EACCES: 'Choose a port above 1023: OMNINODE_HTTP_PORT=8080.',
    EADDRNOTAVAIL: 'Set OMNINODE_HTTP_HOST to an address of this machine, or leave it out for 127.0.0.1.',
    ENOTFOUND: 'Set OMNINODE_HTTP_HOST to an address of this machine, or leave it out for 127.0.0.1.',
  };
  return advice[reason] ? errors.ADDRESS_UNUSABLE({ host, port, reason, advice: advice[reason] }, error) : error;
}

/** An address that a client on this machine can use. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** What is no HTTP, or too slow, or has too long headers: answered before there is a request. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ error: { code: codeOfStatus(status), message: `${STATUS_CODES[status]}.` } });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
