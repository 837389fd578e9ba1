import type { Answer } from '@omninode/collector-kit';
import { CodedError, errorCode } from '@omninode/contracts';
import { addressOf as placeOf } from '@omninode/service-kit';
import type { ApplicationPool, DatabaseTarget } from '../database-target.js';
import { errors } from '../errors.js';
import type { ApplicationPoolReply } from './pool-status.js';

export interface ApplicationPoolsOptions {
  /** How long a service may take to tell of its pool. All are asked at once. Default 1 000. */
  readonly poolTimeoutMs?: number;
  /** What is longer is not read to its end. Default 65 536. */
  readonly maxPoolAnswerBytes?: number;
}

const defaults = { poolTimeoutMs: 1_000, maxPoolAnswerBytes: 65_536 };

/** Asks every service that the target lists. One that does not answer costs its own pool only. The target is not asked. */
export async function readApplicationPools(
  { pools = [] }: DatabaseTarget,
  options: ApplicationPoolsOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const limits = { ...defaults, ...options };
  const reply = await Promise.all(pools.map((pool) => readPool(pool, limits, signal)));
  signal.throwIfAborted();
  return { reply, roundTrips: 0, rows: 0 };
}

async function readPool(
  pool: ApplicationPool,
  options: Required<ApplicationPoolsOptions>,
  signal: AbortSignal,
): Promise<ApplicationPoolReply> {
  const over = AbortSignal.timeout(options.poolTimeoutMs);
  try {
    return { pool: pool.pool, json: await ask(pool, options, AbortSignal.any([signal, over])) };
  } catch (error) {
    return { pool: pool.pool, failure: reasonOf(error, pool, options, over) };
  }
}

async function ask(
  pool: ApplicationPool,
  { maxPoolAnswerBytes: maxBytes }: Required<ApplicationPoolsOptions>,
  signal: AbortSignal,
): Promise<unknown> {
  const { url, headers } = requestOf(pool);
  const response = await fetch(url, { headers, signal, redirect: 'manual' });
  const about = { pool: pool.pool, place: placeOf(pool.url), status: response.status };
  try {
    if (response.status === 401 || response.status === 403) throw errors.POOL_LOGIN_REFUSED(about);
    if (response.status >= 300 && response.status < 400) throw errors.POOL_REDIRECTED(about);
    // A health page of a service that is ill says so by 503, and why in its JSON.
    if (response.status !== 200 && response.status !== 503) throw errors.POOL_STATUS(about);
    const text = await readText(response, maxBytes, () => errors.POOL_ANSWER_TOO_BIG({ ...about, maxBytes }));
    return parse(text, () => (response.ok ? errors.POOL_NOT_JSON(about) : errors.POOL_STATUS(about)));
  } finally {
    if (!response.bodyUsed) await response.body?.cancel(); // what nobody reads must not go on coming
  }
}

/** User and password of the URL go as Basic: `fetch` takes no URL that holds them. */
function requestOf({ url: secret, token }: ApplicationPool): { url: URL; headers: Record<string, string> } {
  const url = new URL(secret.reveal());
  const { username, password } = url;
  url.username = url.password = '';
  const login = [username, password].map(decodeURIComponent).join(':');
  const headers: Record<string, string> = { accept: 'application/json' };
  if (username || password) headers['authorization'] = `Basic ${Buffer.from(login).toString('base64')}`;
  if (token) headers['authorization'] = `Bearer ${token.reveal()}`;
  return { url, headers };
}

async function readText({ body }: Response, maxBytes: number, onTooBig: () => Error): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length; // unpacked, so that a small answer can't grow without bound
    if (bytes > maxBytes) throw onTooBig();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(text: string, onError: () => Error): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw onError(); // the parser's own error quotes the text, which may hold anything
  }
}

function reasonOf(
  error: unknown,
  { pool, url }: ApplicationPool,
  { poolTimeoutMs: timeoutMs }: Required<ApplicationPoolsOptions>,
  over: AbortSignal,
): string {
  if (error instanceof CodedError) return error.message;
  const place = placeOf(url);
  if (over.aborted) return errors.POOL_TOO_SLOW({ pool, place, timeoutMs }).message;
  const { cause } = error as { cause?: unknown }; // fetch says "fetch failed", and why in the cause
  return errors.POOL_UNREACHABLE({ pool, place, code: errorCode(cause ?? error) }).message;
}
