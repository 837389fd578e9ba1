import { addressOf, type Secret } from '@omninode/service-kit';
import { errorCode, type CodedError } from '@omninode/contracts';
import { notifierErrors } from '../errors.js';
import { excerptOf, readExcerpt } from './excerpt.js';
import type { ReceiverContext } from './receiver.js';

export interface Post {
  readonly url: Secret;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: unknown;
}

/** Posts JSON. No redirect is followed, no more than 4 KiB of the answer is read, and nothing of the URL but host and port is told. */
export async function post(context: ReceiverContext, { url, headers, body }: Post, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(context.timeoutMs);
  const either = AbortSignal.any([signal, deadline]);
  const where = { receiver: context.name, address: addressOf(url) };
  try {
    const response = await fetch(url.reveal(), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'OmniNode-Mesh', ...headers },
      body: JSON.stringify(body),
      signal: either,
    });
    const answer = await readExcerpt(response);
    if (!response.ok) throw refusal(where, response, answer);
  } catch (error) {
    if (signal.aborted) throw notifierErrors.SEND_ABORTED(where, error);
    if (deadline.aborted) throw notifierErrors.RECEIVER_SILENT({ ...where, timeoutMs: context.timeoutMs }, error);
    if (isOurs(error)) throw error;
    // The cause of fetch's error says what happened; its message may quote the URL, which can hold a token.
    const { cause = error } = error as Error;
    throw notifierErrors.RECEIVER_UNREACHABLE({ ...where, reason: errorCode(cause) });
  }
}

/** Of the `retry-after` header, in seconds or as a date: ms from now; undefined without one. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function refusal(where: { receiver: string; address: string }, response: Response, answer: string): CodedError {
  const { status } = response;
  const after = retryAfterMs(response.headers.get('retry-after'), Date.now());
  const fields = { ...where, status, ...(after !== undefined && { retryAfterMs: after }) };
  if (status >= 300 && status < 400) return notifierErrors.RECEIVER_REDIRECTS(fields);
  if (status === 429 || status === 503) return notifierErrors.RECEIVER_BUSY(fields);
  if (status >= 500 || status === 408 || status === 425) return notifierErrors.RECEIVER_FAILED(fields);
  if ([401, 403, 404, 405, 407, 410].includes(status)) return notifierErrors.RECEIVER_DENIED(fields);
  return notifierErrors.RECEIVER_REFUSED({ ...fields, answer: excerptOf(answer) });
}

function isOurs(error: unknown): error is CodedError {
  return Object.hasOwn(notifierErrors, errorCode(error));
}
