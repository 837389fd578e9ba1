import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface RecordingServer {
  readonly url: string;
  readonly requests: Recorded[];
  answer(request: Recorded, response: ServerResponse): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An HTTP server that remembers what it was asked. */
export async function recordingServer(
  answer: RecordingServer['answer'] = (_request, response) => response.end('ok'),
): Promise<RecordingServer> {
  const requests: Recorded[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const recorded = {
        path: request.url ?? '',
        headers: request.headers,
        text,
        json: text ? (JSON.parse(text) as unknown) : undefined,
      };
      requests.push(recorded);
      recording.answer(recorded, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const recording: RecordingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return recording;
}

/** An address where nobody listens. */
export async function closedUrl(): Promise<string> {
  await using server = await recordingServer();
  return server.url;
}
