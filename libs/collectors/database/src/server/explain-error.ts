import { CodedError, errorCode } from '@omninode/contracts';
import type { Explanation } from '@omninode/collector-kit';
import { addressOf } from '../database-target.js';
import type { Address, DatabaseTarget } from '../database-target.js';

/** What an error means to whoever runs the database: the family's status, what is the matter and what to do. */
export function explainError(error: unknown, target: DatabaseTarget): Explanation {
  const code = errorCode(error);
  const address = addressOf(target);
  if (error instanceof CodedError) return { status: ownStatuses[code] ?? 'degraded', reason: error.message };
  const explain = explanations[code] ?? explanations[code.slice(0, 2)];
  if (explain) return explain(address, code, String((error as Error).message));
  return unknown(error as Error, address, code);
}

type Explain = (address: Address, code: string, message: string) => Explanation;

const ownStatuses: Readonly<Record<string, Explanation['status']>> = {
  SERVER_TOO_OLD: 'unsupported',
  STATEMENTS_NOT_LOADED: 'unsupported',
  STATEMENTS_NOT_CREATED: 'unsupported',
  STATEMENTS_TOO_OLD: 'unsupported',
  STATEMENTS_HIDDEN: 'permission',
  SESSIONS_HIDDEN: 'permission',
  NOT_A_SERVER: 'unsupported',
  CONSOLE_REFUSED: 'permission',
  STATEMENTS_SCHEMA_CLOSED: 'permission',
};

const unreachable =
  (say: (address: Address) => string): Explain =>
  (address, code) => ({ status: 'unreachable', reason: `${say(address)} (${code})` });

const lost = unreachable(
  ({ server, place }) => `The connection to ${server} at ${place} ended: it stopped, restarted or was cut off.`,
);

/** By SQLSTATE or its class (https://www.postgresql.org/docs/current/errcodes-appendix.html), or by the system's code. */
const explanations: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: unreachable(
    ({ server, place }) => `Nothing listens at ${place}. Start ${server}, or correct host and port.`,
  ),
  ENOTFOUND: unreachable(({ place }) => `The host of ${place} is not known. Correct the name, or see to the DNS.`),
  EAI_AGAIN: unreachable(({ place }) => `The name server does not answer for the host of ${place}. See to the DNS.`),
  EHOSTUNREACH: unreachable(({ place }) => `There is no way to ${place}. See to the network and its firewalls.`),
  ENETUNREACH: unreachable(({ place }) => `There is no way to ${place}. See to the network and its firewalls.`),
  ETIMEDOUT: unreachable(({ place }) => `Nothing answers at ${place}. Check host, port and firewall.`),
  ECONNRESET: lost,
  EPIPE: lost,
  '08': lost,
  '57P01': unreachable(({ server, place }) => `${server} at ${place} was stopped, or ended our session.`),
  '57P02': unreachable(({ server, place }) => `${server} at ${place} crashed and restarts.`),
  '57P03': unreachable(
    ({ server, place }) =>
      `${server} at ${place} is starting up, shutting down or in recovery, and takes no connections yet.`,
  ),
  '53300': unreachable(
    ({ server, place }) =>
      `${server} at ${place} has no connection left: all slots are taken. Find out who holds them, or raise max_connections.`,
  ),
  '3D000': unreachable(
    ({ database, place }) => `There is no database ${database} at ${place}. Correct the name in the target's URL.`,
  ),
  // PgBouncer's only code, whatever is the matter, which is then not that the connection ended.
  '08P01': (address, code, message) => {
    if (address.server === 'PostgreSQL') return lost(address, code, message);
    return (/no more connections/i.test(message) ? poolerIsFull : refusedByPooler)(address, code, message);
  },
  '28': ({ server, place, role }, code) => ({
    status: 'auth_failed',
    reason: `${server} at ${place} refused the login of role ${role}. Check the password in the target's URL, and pg_hba.conf. (${code})`,
  }),
  '42501': ({ role }, code) => ({
    status: 'permission',
    reason: `Role ${role} may not read this. Run GRANT pg_monitor TO ${role}. (${code})`,
  }),
  '57014': (_, code) => ({
    status: 'timed_out',
    reason: `The statement was cancelled at its statement_timeout. See what the server is busy with. (${code})`,
  }),
  '55P03': (_, code) => ({
    status: 'timed_out',
    reason: `A lock was not to be had within lock_timeout. See who holds it, in pg_locks. (${code})`,
  }),
  '42': ({ server, place }, code) => ({
    status: 'unsupported',
    reason: `${server} at ${place} does not know what we asked for. Report this with the version of the server. (${code})`,
  }),
};

const poolerIsFull = unreachable(
  ({ place }) =>
    `PgBouncer at ${place} has no connection left: max_client_conn is reached. Find out who holds them, or raise it.`,
);

function refusedByPooler({ place, role }: Address, code: string): Explanation {
  const reason = `PgBouncer at ${place} refused the login of ${role}. Check the password in the target's URL, and that stats_users in pgbouncer.ini names ${role}. (${code})`;
  return { status: 'auth_failed', reason };
}

/** Errors of the driver itself have no code, only a text of its own; the texts of servers say what no code does. */
function unknown(error: Error, address: Address, code: string): Explanation {
  const { server, place, role } = address;
  const { message = '' } = error;
  if (/password must be|no password/i.test(message)) {
    const reason = `${server} at ${place} asks role ${role} for a password, and the target's URL holds none.`;
    return { status: 'auth_failed', reason };
  }
  if (/does not support SSL|self.signed|certificate|wrong version number/i.test(message) || /CERT|SSL|TLS/.test(code)) {
    const reason = `TLS with ${server} at ${place} could not be agreed on (${code}). Check sslmode in the target's URL.`;
    return { status: 'unreachable', reason };
  }
  if (/timeout expired|connection timeout/i.test(message)) {
    return { status: 'unreachable', reason: `Nothing answers at ${place}. Check host, port and firewall.` };
  }
  if (/terminated|not queryable|closed/i.test(message)) return lost(address, 'ended', message);
  const said = 'severity' in error ? `: ${message}` : '';
  return { status: 'degraded', reason: `${server} at ${place} answered with an error (${code})${said}` };
}
