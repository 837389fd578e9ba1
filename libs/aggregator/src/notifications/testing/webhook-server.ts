import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TakenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly alerts?: readonly { readonly fingerprint: string; readonly status: string; readonly startsAt: string }[];
  } & Record<string, unknown>;
  readonly atMs: number;
}

export interface WebhookServer {
  readonly url: string;
  readonly taken: TakenRequest[];
  /** How it answers; absent: 200. */
  answer: ((request: TakenRequest, response: ServerResponse) => void) | undefined;
  /** `1 firing` for each alert of each message. */
  told(): string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A server that takes webhooks and remembers them. */
export async function webhookServer(): Promise<WebhookServer> {
  const taken: TakenRequest[] = [];
  const server = createServer((request, response) => {
    const atMs = performance.now();
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as TakenRequest['body'];
      const one = { path: request.url ?? '', headers: request.headers, body, atMs };
      taken.push(one);
      if (hook.answer) hook.answer(one, response);
      else response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hook: WebhookServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    taken,
    answer: undefined,
    told: () =>
      taken.flatMap(({ body }) =>
        (body.alerts ?? []).map(({ fingerprint, status }) => `${parseInt(fingerprint, 16)} ${status}`),
      ),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return hook;
}
