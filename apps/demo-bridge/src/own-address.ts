import { once } from 'node:events';
import type { Server } from 'node:http';
import { Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Where this process answers: the port is known when it listens. */
export class OwnAddress {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  async url(): Promise<string> {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    if (!server.listening) await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'string' || address === null) throw new TypeError('The HTTP server listens on no port.');
    return `http://127.0.0.1:${address.port}`;
  }
}
