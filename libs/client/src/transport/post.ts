import http from 'node:http';
import https from 'node:https';
import { finished } from 'node:stream';

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** An answer that is longer is cut off, bytes: of the answer only its status counts. */
const longestAnswer = 64 * 1024;

/**
 * Posts bodies to one address over one connection, which is kept. Neither a request under way nor the open connection keeps the
 * process alive: a service that has nothing more to do ends, with or without an answer. (`fetch` would hold it.) A redirect is an
 * answer like any other: whoever follows it would carry the token elsewhere.
 */
export function poster(address: URL, timeoutMs: number): (body: Buffer, headers: Headers) => Promise<PostAnswer> {
  const { Agent, request } = address.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  return (body, headers) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const options = { method: 'POST', agent, signal, headers: { ...headers, 'content-length': body.length } };
      const asked = request(address, options, (response) => {
        const { statusCode = 0, headers: answered } = response;
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          if ((bytes += part.length) > longestAnswer) response.destroy();
        });
        finished(response, () => resolve({ status: statusCode, retryAfter: answered['retry-after'] ?? null }));
      });
      asked.on('socket', (socket) => socket.unref());
      asked.on('error', (error) => reject(signal.aborted ? (signal.reason as Error) : error));
      asked.end(body);
    });
}

type Headers = Readonly<Record<string, string>>;
