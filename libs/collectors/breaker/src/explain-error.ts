import type { Explanation } from '@omninode/collector-kit';
import { CodedError, errorCode } from '@omninode/contracts';
import { placeOf } from './breaker-target.js';
import type { BreakerTarget } from './breaker-target.js';

/** What an error means to whoever runs the service: the status, what is the matter and what to do. */
export function explainError(error: unknown, target: BreakerTarget): Explanation {
  const place = placeOf(target);
  if (error instanceof CodedError) return { status: statuses[error.code] ?? 'degraded', reason: error.message };
  const code = codeOf(error);
  const reason = reasons[code]?.(place) ?? otherwise(place, code);
  return { status: 'unreachable', reason: `${reason} (${code})` };
}

const statuses: Readonly<Record<string, Explanation['status']>> = {
  HTTP_REFUSED: 'auth_failed',
  HTTP_FORBIDDEN: 'permission',
  HTTP_NOT_THERE: 'unsupported',
  REDIRECTED_AWAY: 'unsupported',
  ANSWER_IS_A_PAGE: 'unsupported',
};

/** By the system's code, or that of undici (https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md). */
const reasons: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: (place) => `Nothing listens at ${place}. Start the service, or correct host and port.`,
  ENOTFOUND: (place) => `The host of ${place} is not known. Correct the name, or see to the DNS.`,
  EAI_AGAIN: (place) => `The name server does not answer for the host of ${place}. See to the DNS.`,
  EHOSTUNREACH: (place) => `There is no way to ${place}. See to the network and its firewalls.`,
  ENETUNREACH: (place) => `There is no way to ${place}. See to the network and its firewalls.`,
  ETIMEDOUT: (place) => `Nothing answers at ${place}. Check host, port and firewall.`,
  UND_ERR_CONNECT_TIMEOUT: (place) => `Nothing answers at ${place}. Check host, port and firewall.`,
  ECONNRESET: (place) => `${place} ended the connection before its answer was whole.`,
  BAD_PORT: (place) => `The port of ${place} is one that HTTP clients do not use. Give the service another.`,
  HTTPParserError: (place) => `What answers at ${place} does not speak HTTP.`,
  UND_ERR_SOCKET: (place) => `${place} ended the connection before its answer was whole.`,
};

function otherwise(place: string, code: string): string {
  if (/CERT|SSL|TLS|SELF_SIGNED/.test(code)) return `TLS with ${place} could not be agreed on. Check its certificate.`;
  if (code.startsWith('HPE_')) return `What answers at ${place} does not speak HTTP.`;
  return `${place} could not be read.`;
}

/**
 * `fetch` rejects with a TypeError whose cause, at some depth, has the code. A parser's error has a name alone, and a port that
 * the fetch standard forbids has not even that (https://fetch.spec.whatwg.org/#port-blocking).
 */
function codeOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== 'UNEXPECTED') return code;
  const { cause, name, message } = error as Error;
  if (cause !== undefined) return codeOf(cause);
  if (message === 'bad port') return 'BAD_PORT';
  return name === 'HTTPParserError' ? name : code;
}
