import type { Answer, Reader, Session } from '@omninode/collector-kit';
import { placeOf } from './breaker-target.js';
import type { BreakerTarget } from './breaker-target.js';
import { errors } from './errors.js';
import { explainError } from './explain-error.js';
import type { BreakerQuery, BreakerReply } from './page.js';

export interface BreakerReaderOptions {
  /** Of an answer, unpacked. */
  readonly maxBytes: number;
}

const mostRedirects = 3;
const accepted = {
  prometheus: 'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.8, */*;q=0.1',
  'resilience4j-actuator': 'application/vnd.spring-boot.actuator.v3+json, application/json;q=0.9',
} as const;

/** The only part that talks to pages. Each read is a request of its own, so there is nothing to connect, and nothing to close. */
export function breakerReader({ maxBytes }: BreakerReaderOptions): Reader<BreakerTarget, BreakerQuery> {
  return {
    explain: explainError,
    connect: async (target) => new PageSession(target, maxBytes),
  };
}

class PageSession implements Session<BreakerQuery> {
  readonly lost = undefined;
  readonly #end = new AbortController();

  constructor(
    private readonly target: BreakerTarget,
    private readonly maxBytes: number,
  ) {}

  async read(query: BreakerQuery, _family: string, signal: AbortSignal): Promise<Answer> {
    const within = AbortSignal.any([signal, this.#end.signal]);
    const { response, requests } = await this.#request(addressFor(query, this.target), within);
    const text = await this.#textOf(response);
    const { format, rules, criticality, criticalities } = this.target;
    const reply: BreakerReply = { text, format, rules, criticality, criticalities };
    return { reply, roundTrips: requests, rows: countLines(text) };
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    this.#end.abort();
  }

  async #request(from: URL, signal: AbortSignal): Promise<{ response: Response; requests: number }> {
    let url = from;
    for (let requests = 1; requests <= mostRedirects + 1; requests++) {
      const response = await fetch(url, { headers: this.#headers(), redirect: 'manual', signal });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        await this.#assertUsable(response);
        return { response, requests };
      }
      await response.body?.cancel();
      const to = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (to?.origin !== url.origin)
        throw errors.REDIRECTED_AWAY({ place: this.#place, to: to?.host ?? 'an unreadable address' });
      url = to;
    }
    throw errors.REDIRECTED_TOO_OFTEN({ place: this.#place, most: mostRedirects });
  }

  async #assertUsable(response: Response): Promise<void> {
    const { status } = response;
    const contentType = response.headers.get('content-type') ?? '';
    const problem = status === 200 ? pageProblem(contentType) : statusProblem(status);
    if (!problem) return;
    await response.body?.cancel();
    throw errors[problem]({ place: this.#place, status, contentType: contentType.slice(0, 60) });
  }

  /** Reads no further than the limit, however much comes or is announced. */
  async #textOf(response: Response): Promise<string> {
    const decoder = new TextDecoder();
    const [texts, { maxBytes }] = [[] as string[], this];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw errors.ANSWER_TOO_BIG({ place: this.#place, maxBytes });
      texts.push(decoder.decode(chunk, { stream: true }));
    }
    const text = texts.join('') + decoder.decode();
    if (/^\s*<(!doctype|html)/i.test(text.slice(0, 200)))
      throw errors.ANSWER_IS_A_PAGE({
        place: this.#place,
        contentType: response.headers.get('content-type') ?? 'no content type',
      });
    return text;
  }

  #headers(): Record<string, string> {
    const { format, token, url } = this.target;
    const { username, password } = new URL(url.reveal());
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const basic = username || password ? `Basic ${Buffer.from(login).toString('base64')}` : undefined;
    const authorization = token ? `Bearer ${token.reveal()}` : basic;
    return { accept: accepted[format], 'user-agent': 'omninode-mesh', ...(authorization && { authorization }) };
  }

  get #place(): string {
    return placeOf(this.target);
  }
}

/** The events of resilience4j lie beside its breakers: `/actuator/circuitbreakerevents`. A URL of `fetch` may not hold credentials. */
function addressFor(query: BreakerQuery, { url }: BreakerTarget): URL {
  const address = new URL(url.reveal());
  address.username = address.password = '';
  if (query === 'events') address.pathname = address.pathname.replace(/circuitbreakers\/?$/, 'circuitbreakerevents');
  return address;
}

function pageProblem(contentType: string): 'ANSWER_IS_A_PAGE' | undefined {
  return /text\/html|application\/xhtml/i.test(contentType) ? 'ANSWER_IS_A_PAGE' : undefined;
}

function statusProblem(status: number): 'HTTP_REFUSED' | 'HTTP_FORBIDDEN' | 'HTTP_NOT_THERE' | 'HTTP_FAILED' {
  if (status === 401 || status === 407) return 'HTTP_REFUSED';
  if (status === 403) return 'HTTP_FORBIDDEN';
  return status === 404 || status === 405 || status === 410 ? 'HTTP_NOT_THERE' : 'HTTP_FAILED';
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
