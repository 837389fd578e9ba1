import {
  Controller,
  Get,
  Inject,
  Query,
  Req,
  Res,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { STOPPING } from '@omninode/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';
import { callerOf } from '../access/guard.js';
import { refuseAccess } from '../access/refuse.js';
import { securityHeaders } from '../access/security-headers.js';
import { errors } from '../errors.js';
import { MESH_VIEW, type MeshView } from '../mesh-view.js';
import { readQuery } from '../openapi/read-given.js';
import { ClientStream } from './client-stream.js';
import type { EventName, Interest } from './feed.js';
import { MeshWatch } from './mesh-watch.js';
import { streamQuery } from './stream-routes.js';

const everything: readonly EventName[] = ['health', 'target', 'alert', 'command'];
const beatEveryMs = 15_000;
/** The name of the one token that is configured without a name: whose it is, nobody knows. */
const nameless = 'default';

@Controller('api/v1/stream')
export class StreamController implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly clients = new Set<ClientStream>();
  private readonly epoch: string;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(MeshWatch) private readonly watch: MeshWatch,
    @Inject(MESH_VIEW) private readonly view: MeshView,
    @Inject(STOPPING) stopping: AbortSignal,
  ) {
    this.epoch = view.nowMs().toString(36);
    stopping.addEventListener('abort', () => this.clients.forEach((client) => client.end()), { once: true });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.clients.forEach((client) => client.beat()), beatEveryMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  @Get()
  stream(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { entity } = readQuery(streamQuery, query);
    const caller = callerOf(request);
    if (caller?.role === 'ingest' && !mayFollow(caller, entity)) {
      return refuseAccess(reply, errors.ENTITY_REQUIRED({ name: caller.name }));
    }
    const names = caller?.role === 'ingest' ? (['command'] as const) : everything;
    const headers = {
      ...securityHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    };
    if (request.method === 'HEAD') return void reply.headers(headers).send();
    reply.hijack();
    reply.raw.writeHead(200, headers);
    this.serve(reply, { entity, names: new Set(names) }, lastEventId(request));
  }

  private serve({ raw }: FastifyReply, interest: Interest, lastId: string | undefined): void {
    const client = new ClientStream(raw, {
      feed: this.watch.feed,
      interest,
      epoch: this.epoch,
      lastEventId: lastId,
      nowMs: () => this.view.nowMs(),
    });
    this.clients.add(client);
    raw.once('close', () => {
      client.close();
      this.clients.delete(client);
    });
  }
}

/** A service follows what is meant for itself. */
function mayFollow({ name }: Caller, entity: string | undefined): boolean {
  return entity !== undefined && (name === entity || name === nameless);
}

function lastEventId({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id'];
  return typeof given === 'string' ? given : undefined;
}
