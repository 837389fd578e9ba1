import { errorCode } from '@omninode/contracts';
import type { BusPublisher, CodedError, NewRecord, Position } from '@omninode/contracts';
import { clientErrors } from '../errors.js';
import { poster } from './post.js';
import type { PostAnswer } from './post.js';
import { retryAfterMs } from './retry-after.js';

export interface HttpBusOptions {
  /** Of the mesh: `https://mesh.example`, or with a path of its own. */
  readonly url: string;
  /** Sent as bearer token. A function is asked before each request, so that a token can be exchanged while the service runs. */
  readonly token?: string | (() => string | PromiseLike<string>);
  /** Longest that one request may take, ms. Default 10 000. */
  readonly timeoutMs?: number;
}

/** The media type of several records in one request. */
export const recordsContentType = 'application/vnd.omninode.records+json';
const path = '/api/v1/measurements';

/**
 * The way to the mesh by HTTP. A request is acknowledged when the mesh answers 202, which it does when its bus has the records.
 * When it asks for patience, nothing is sent before that time is over: until then records are turned back at once, and wait with
 * whoever sends them. Throws `CLIENT_OPTION_INVALID` for an address that can be none.
 */
export function httpBus({ url, token, timeoutMs = 10_000 }: HttpBusOptions): BusPublisher {
  const address = addressOf(url);
  const post = poster(address, timeoutMs);
  /** By the monotonic clock. */
  let notBeforeMs = -Infinity;
  let waitStatus = 0;

  return {
    async publish(records) {
      const waitMs = Math.ceil(notBeforeMs - performance.now());
      if (waitMs > 0) throw clientErrors.INGEST_BUSY({ url: address.href, status: waitStatus, waitMs });
      const body = bodyOf(records);
      const answer = await ask(body);
      if (answer.status === 202) return records.map(({ topic }) => ({ topic, ...unknownPlace }));
      throw problemOf(answer, address, records.length, body.length, (pauseMs) => {
        notBeforeMs = performance.now() + pauseMs;
        waitStatus = answer.status;
      });
    },
  };

  async function ask(body: Buffer): Promise<PostAnswer> {
    const headers = await headersOf(token);
    try {
      return await post(body, headers);
    } catch (error) {
      throw clientErrors.INGEST_UNREACHABLE({ url: address.href, detail: detailOf(error) }, error);
    }
  }
}

/** HTTP does not tell where a record lies. */
const unknownPlace: Pick<Position, 'partition' | 'offset'> = { partition: -1, offset: -1 };

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const isHttp = address?.protocol === 'http:' || address?.protocol === 'https:';
  // An address is shown in messages: what is secret does not belong into it.
  if (!address || !isHttp || address.username || address.password || address.search) {
    const detail =
      'it is http:// or https:// with a host, without user, password and query; a token is an option of its own';
    throw clientErrors.CLIENT_OPTION_INVALID({ option: 'url', detail });
  }
  if (!address.pathname.endsWith(path)) address.pathname = address.pathname.replace(/\/*$/, path);
  address.hash = '';
  return address;
}

async function headersOf(token: HttpBusOptions['token']): Promise<Record<string, string>> {
  const headers: Record<string, string> = { 'content-type': recordsContentType };
  const value = typeof token === 'function' ? await token() : token;
  if (value !== undefined) headers.authorization = `Bearer ${value}`;
  return headers;
}

function bodyOf(records: readonly NewRecord[]): Buffer {
  const parts = records.map(({ key, value, headers }) => ({
    key,
    contentType: headers?.['content-type'],
    value: value?.toString('base64'),
  }));
  return Buffer.from(JSON.stringify({ records: parts }));
}

/** The reason in a word: the system's code, such as ECONNREFUSED. */
function detailOf(error: unknown): string {
  return (error as Error).name === 'TimeoutError' ? 'no answer in time' : errorCode(error);
}

function problemOf(
  { status, retryAfter }: PostAnswer,
  { href: url }: URL,
  records: number,
  bytes: number,
  pause: (ms: number) => void,
): CodedError {
  if (status === 401 || status === 403) return clientErrors.INGEST_UNAUTHORIZED({ url, status });
  if (status === 404 || status === 405 || (status >= 300 && status < 400))
    return clientErrors.INGEST_NOT_FOUND({ url, status });
  if (status === 413) return clientErrors.INGEST_RECORD_TOO_LARGE({ url, bytes });
  if (status === 408 || status === 429 || status >= 500) {
    const waitMs = retryAfterMs(retryAfter, Date.now());
    if (waitMs > 0) pause(waitMs);
    return clientErrors.INGEST_BUSY({ url, status, waitMs });
  }
  return clientErrors.INGEST_REFUSED({ url, status, records });
}
