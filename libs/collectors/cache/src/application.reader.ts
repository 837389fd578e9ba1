import http from 'node:http';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Answer, Session } from '@omninode/collector-kit';
import { errorCode } from '@omninode/contracts';
import type { ApplicationReply, CacheQuery } from './cache-reply.js';
import { placeOf } from './cache-target.js';
import type { CacheTarget } from './cache-target.js';
import { errors } from './errors.js';
import { SharedAnswer } from './shared-answer.js';
import { readTlsFiles } from './tls-files.reader.js';
import type { TlsParts } from './tls-files.reader.js';

export interface ApplicationReaderOptions {
  /** What is longer is not read to its end. */
  readonly maxAnswerBytes: number;
}

/** Asks once, so that an address that serves nothing of use counts as one that can't be reached, and is left alone for a while. */
export async function openApplication(
  target: CacheTarget,
  options: ApplicationReaderOptions,
  signal: AbortSignal,
): Promise<Session<CacheQuery>> {
  const session = new ApplicationSession(target, options, await readTlsFiles(target));
  try {
    await session.read('statistics', '', signal);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

class ApplicationSession implements Session<CacheQuery> {
  readonly lost = undefined;
  readonly #agent: http.Agent;
  readonly #statistics = new SharedAnswer<ApplicationReply>((signal) => this.#ask(signal));

  constructor(
    private readonly target: CacheTarget,
    private readonly options: ApplicationReaderOptions,
    tls: TlsParts,
  ) {
    const limits = { keepAlive: true, maxSockets: 1 };
    this.#agent = this.#isSecure ? new https.Agent({ ...limits, ...tls }) : new http.Agent(limits);
  }

  async read(_: CacheQuery, family: string, signal: AbortSignal): Promise<Answer> {
    const { answer, isNew } = await this.#statistics.get(family, signal);
    return { reply: answer, roundTrips: isNew ? 1 : 0, rows: 0 };
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#agent.destroy();
  }

  async #ask(signal: AbortSignal): Promise<ApplicationReply> {
    const response = await this.#get(signal);
    try {
      assertUsable(response, placeOf(this.target).place);
      return { source: 'application', cache: this.target.cache, json: await this.#readJson(response) };
    } finally {
      if (!response.complete) response.destroy(); // what nobody reads must not go on coming
    }
  }

  #get(signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(this.target.url.reveal());
    const { token } = this.target;
    const options = {
      agent: this.#agent,
      signal,
      headers: { accept: 'application/json', ...(token && { authorization: `Bearer ${token.reveal()}` }) },
    };
    return new Promise((resolve, reject) => {
      const request = (this.#isSecure ? https : http).get(url, options, resolve); // user and password of the URL go as Basic
      request.on('error', reject);
    });
  }

  async #readJson(response: IncomingMessage): Promise<unknown> {
    const { place } = placeOf(this.target);
    const { maxAnswerBytes: maxBytes } = this.options;
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > maxBytes) throw errors.ANSWER_TOO_BIG({ place, maxBytes });
      parts.push(part);
    }
    try {
      return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
    } catch (error) {
      // The cause quotes the text, which may hold anything.
      throw errors.NOT_JSON({ place, kind: kindOf(response), code: errorCode(error) });
    }
  }

  get #isSecure(): boolean {
    return this.target.url.reveal().toLowerCase().startsWith('https:');
  }
}

function assertUsable({ statusCode: status = 0 }: IncomingMessage, place: string): void {
  if (status === 401 || status === 403) throw errors.HTTP_LOGIN_REFUSED({ place, status });
  if (status >= 300 && status < 400) throw errors.HTTP_REDIRECT({ place, status });
  if (status !== 200) throw errors.HTTP_STATUS({ place, status });
}

/** `text/html`. */
function kindOf({ headers }: IncomingMessage): string {
  return /^[\w.+-]{1,40}\/[\w.+-]{1,60}/.exec(headers['content-type'] ?? '')?.[0] ?? 'of no stated kind';
}
