import { exchange } from '../process/exchange.js';

/**
 * Resolves when a PostgreSQL (or PgBouncer) asks for a login or grants it: it takes connections. Rejects with the server's
 * own words while it still starts or recovers. No password is needed for the question, as with `pg_isready`.
 */
export async function postgresAnswers(
  host: string,
  port: number,
  signal: AbortSignal,
  login = { user: 'postgres', database: 'postgres' },
): Promise<void> {
  const request = startupMessage({ ...login, application_name: 'omninode readiness' });
  const answer = await exchange({ host, port, request, isComplete: hasWholeMessage, goodbye: terminate, signal });
  if (answer[0] === authenticationRequest) return;
  throw new Error(
    answer[0] === errorResponse ? errorText(answer) : `not PostgreSQL: the answer begins with byte ${answer[0]}`,
  );
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const authenticationRequest = 'R'.charCodeAt(0);
const errorResponse = 'E'.charCodeAt(0);
const protocolVersion3 = 196_608;
const terminate = Buffer.from([0x58, 0, 0, 0, 4]);

export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join('');
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(protocolVersion3, 4);
  return Buffer.concat([head, body]);
}

/** A message is a type byte, its length without that byte, and its body. */
function hasWholeMessage(answer: Buffer): boolean {
  return answer.length >= 5 && answer.length >= 1 + answer.readInt32BE(1);
}

/** The fields of an error: a code letter, text, a zero byte; `M` is the message for people. */
function errorText(answer: Buffer): string {
  const fields = answer
    .subarray(5, 1 + answer.readInt32BE(1))
    .toString('utf8')
    .split('\0');
  return fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'an error without a message';
}
