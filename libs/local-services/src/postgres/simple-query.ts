import { exchange } from '../process/exchange.js';
import { startupMessage } from './answers.js';
import type { PostgresRole } from './postgres.js';

/**
 * Runs one statement without a driver and returns its rows as text. For tests of this lib: only logins that need no password,
 * and a failing statement rejects with the server's message.
 */
export async function simpleQuery(
  { host, port }: { host: string; port: number },
  sql: string,
  login: PostgresRole | { user: string; database: string } = 'postgres',
  deadlineMs = 5_000,
): Promise<readonly (readonly (string | null)[])[]> {
  const parameters = typeof login === 'string' ? { user: login, database: 'postgres' } : login;
  const request = Buffer.concat([startupMessage(parameters), message('Q', `${sql}\0`)]);
  const signal = AbortSignal.timeout(deadlineMs);
  const messages = split(await exchange({ host, port, request, isComplete: isReadyTwice, signal }));
  const failure = messages.find(({ type }) => type === 'E');
  if (failure) throw new Error(failure.body.toString('utf8').replaceAll('\0', ' '));
  return messages.filter(({ type }) => type === 'D').map(({ body }) => columns(body));
}

interface Message {
  readonly type: string;
  readonly body: Buffer;
}

function message(type: string, body: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + Buffer.byteLength(body), 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

function split(answer: Buffer): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (end > answer.length) break;
    messages.push({ type: String.fromCharCode(answer[at] as number), body: answer.subarray(at + 5, end) });
    at = end;
  }
  return messages;
}

/** Ready once when the login is done, once when the query is. An error before that ends the connection. */
function isReadyTwice(answer: Buffer): boolean {
  return split(answer).filter(({ type }) => type === 'Z').length === 2;
}

/** A DataRow: the number of columns, then for each its length (-1: null) and its text. */
function columns(body: Buffer): readonly (string | null)[] {
  let at = 2;
  return Array.from({ length: body.readInt16BE(0) }, () => {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    return length < 0 ? null : body.toString('utf8', at - length, at);
  });
}
