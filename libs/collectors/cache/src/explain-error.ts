import { CodedError, errorCode } from '@omninode/contracts';
import type { Explanation } from '@omninode/collector-kit';
import { isServer, placeOf } from './cache-target.js';
import type { CacheTarget } from './cache-target.js';

/** What an error means to whoever runs the cache: the family's status, what is the matter and what to do. */
export function explainError(error: unknown, target: CacheTarget): Explanation {
  const code = codeOf(error);
  if (error instanceof CodedError) return { status: ownStatuses[code] ?? 'degraded', reason: error.message };
  const { place } = placeOf(target);
  const what = isServer(target) ? 'Redis' : 'the service';
  const say = explanations[code];
  if (say) return { status: 'unreachable', reason: `${say(place, what)} (${code})` };
  if (/CERT|SSL|TLS|UNABLE_TO/.test(code)) {
    const reason = `TLS with ${place} could not be agreed on (${code}). Check the authority, caFile, and the certificate of the server.`;
    return { status: 'unreachable', reason };
  }
  return {
    status: 'degraded',
    reason: `${place} could not be read (${code}). Report this with the version of the server.`,
  };
}

const ownStatuses: Readonly<Record<string, Explanation['status']>> = {
  LOGIN_REFUSED: 'auth_failed',
  LOGIN_MISSING: 'auth_failed',
  LOGIN_NOT_ASKED: 'auth_failed',
  HTTP_LOGIN_REFUSED: 'auth_failed',
  PROTECTED: 'unreachable',
  CLIENTS_FULL: 'unreachable',
  NOT_REDIS: 'unreachable',
  CONNECTION_LOST: 'unreachable',
  TLS_FILE_UNREADABLE: 'unreachable',
  COMMAND_REFUSED: 'permission',
  COMMAND_UNKNOWN: 'unsupported',
};

type Say = (place: string, what: string) => string;

const cutOff: Say = (place, what) =>
  `The connection to ${what} at ${place} ended: it stopped, restarted or was cut off.`;
const noWay: Say = (place) => `There is no way to ${place}. See to the network and its firewalls.`;

/** By the system's code. */
const explanations: Readonly<Record<string, Say>> = {
  ECONNREFUSED: (place, what) => `Nothing listens at ${place}. Start ${what}, or correct host and port.`,
  ENOTFOUND: (place) => `The host of ${place} is not known. Correct the name, or see to the DNS.`,
  EAI_AGAIN: (place) => `The name server does not answer for the host of ${place}. See to the DNS.`,
  EHOSTUNREACH: noWay,
  ENETUNREACH: noWay,
  ETIMEDOUT: (place) => `Nothing answers at ${place}. Check host, port and firewall.`,
  UND_ERR_CONNECT_TIMEOUT: (place) => `Nothing answers at ${place}. Check host, port and firewall.`,
  ECONNRESET: cutOff,
  EPIPE: cutOff,
  UND_ERR_SOCKET: cutOff,
  HPE_INVALID_CONSTANT: (place) => `What answers at ${place} does not speak HTTP. Correct host and port.`,
};

/** `fetch` says only that it failed; its cause has the code. */
function codeOf(error: unknown): string {
  const code = errorCode(error);
  const { cause } = error as { cause?: unknown };
  return code === 'UNEXPECTED' && cause ? errorCode(cause) : code;
}
