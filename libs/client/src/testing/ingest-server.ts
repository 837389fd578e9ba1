import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeptBus } from './kept-bus.js';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly records: readonly { readonly key: string; readonly contentType: string; readonly value: string }[];
  };
}

/** Answers one request; absent: 202. `bus` has what was answered with 202, as readers see it. */
export type Answer = (response: ServerResponse, received: Received) => void;

/** As much of the mesh's `POST /api/v1/measurements` as the client sees of it, on a real socket. */
export async function startIngestServer() {
  const bus = new KeptBus();
  const requests: Received[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const body = JSON.parse(Buffer.concat(parts).toString()) as Received['body'];
    const received = { method: request.method!, path: request.url!, headers: request.headers, body };
    requests.push(received);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer) return answer(response, received);
    take(received);
    response.writeHead(202).end();
  }

  function take({ body }: Received): void {
    for (const { key, contentType, value } of body.records) bus.take(Buffer.from(value, 'base64'), contentType, key);
  }

  return {
    url: `http://127.0.0.1:${port}`,
    bus,
    requests,
    take,
    /** The next answers in order; the last one stays. None: 202 again. */
    answerWith: (...given: Answer[]) => void answers.splice(0, answers.length, ...given),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type IngestServer = Awaited<ReturnType<typeof startIngestServer>>;

export function status(code: number, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(code, headers).end('{"message":"no"}');
}
