import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiConfig } from '../api.config.js';
import { errors } from '../errors.js';
import type { Token } from '../intake/token.js';
import { callerFinder, type Caller } from './caller.js';
import { decide, isChange } from './decide.js';
import { isLoopback } from './loopback.js';
import { isMetricsPath, isPublicPath } from './public-paths.js';
import { refuseAccess } from './refuse.js';
import type { RouteTable } from './route-table.js';
import { secure } from './security-headers.js';
import { Turnstile, type Sort } from './turnstile.js';

export interface GuardOptions {
  readonly config: ApiConfig;
  /** Where the process listens. */
  readonly host: string;
  readonly table: RouteTable;
  tokens(): readonly Token[];
}

/** No header that a form or another page can send without being asked first. */
const customHeader = 'x-omninode-request';
const mostCharacters = 4_096;
const mostParameters = 64;

const paths = {
  measurements: '/api/v1/measurements',
  stream: '/api/v1/stream',
} as const;

const callers = new WeakMap<FastifyRequest, Caller>();

/** Who asks, as the guard found out; `undefined`: nobody that we know, and everybody may. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/**
 * Stands before every route of the process: who may ask it is what its description says, and a route without one takes an admin.
 * To be called before the server listens.
 */
export function guard(server: FastifyInstance, { config, host, table, tokens }: GuardOptions): void {
  const findCaller = callerFinder(config, tokens);
  const turnstile = new Turnstile(config);
  const isLocal = isLoopback(host);
  const isOpen = config.access === undefined ? isLocal : config.access === 'open';

  server.addHook('onRequest', (request, reply, done) => {
    try {
      admit(request, reply);
    } catch (error) {
      refuseAccess(reply, error);
      return;
    }
    done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    const { url } = request.routeOptions;
    // Where there is no route the answer repeats what was asked for.
    if (url === undefined || table.find(request.method, url)) secure(reply);
    done();
  });

  function admit(request: FastifyRequest, reply: FastifyReply): void {
    assertShort(request.url);
    const { url } = request.routeOptions;
    // There is no such route: the answer says so, and nothing else.
    if (url === undefined) return;
    const sort = sortOf(request.method, url);
    const leave = turnstile.enter(sort);
    reply.raw.once('close', leave);
    if (sort !== 'stream' && sort !== 'intake') endWhenSlow(reply, config.responseTimeout);
    // The intake has a gate of its own.
    if (sort === 'intake' || isPublicPath(url, config.publicPages)) return;
    mayPass(request, url, sort);
  }

  function mayPass(request: FastifyRequest, url: string, sort: Sort): void {
    const { headers, method, raw } = request;
    const caller = findCaller({
      authorization: headers.authorization,
      address: raw.socket.remoteAddress,
      rawHeaders: raw.rawHeaders,
    });
    if (caller) callers.set(request, caller);
    // A service follows the commands for itself; what it may see there the stream decides.
    if (sort === 'stream' && caller?.role === 'ingest') return;
    const hasAdmin = config.access === 'proxy' || tokens().some(({ role }) => role === 'admin');
    decide(
      { isOpen, isLocal, hasAdmin },
      {
        route: table.find(method, url),
        method,
        path: url,
        caller,
        host: headers.host,
        hasCustomHeader: headers[customHeader] !== undefined,
      },
    );
  }
}

function assertShort(url: string): void {
  const parameters = url.includes('?') ? url.split('&').length : 0;
  if (url.length > mostCharacters || parameters > mostParameters)
    throw errors.QUERY_TOO_LONG({ characters: mostCharacters, parameters: mostParameters });
}

function sortOf(method: string, url: string): Sort {
  if (url === '/livez' || url === '/readyz' || url === '/health') return 'probe';
  if (isMetricsPath(url)) return 'page';
  if (url === paths.measurements) return 'intake';
  if (url === paths.stream) return 'stream';
  return isChange(method) ? 'change' : 'read';
}

/** Cuts the connection of a client that does not fetch its answer. */
function endWhenSlow({ raw }: FastifyReply, timeoutMs: number): void {
  const timer = setTimeout(() => raw.destroy(), timeoutMs);
  timer.unref();
  raw.once('close', () => clearTimeout(timer));
}
