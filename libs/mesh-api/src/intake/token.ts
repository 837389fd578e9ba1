import { createHash, timingSafeEqual } from 'node:crypto';

/** A bearer token by its name, which may be seen. */
export interface Token {
  readonly name: string;
  readonly role: TokenRole;
  /** SHA-256: tokens of all lengths are compared in the same time. */
  readonly digest: Buffer;
}

/** `ingest`: sends measurements. The others are the roles of the API. */
export type TokenRole = 'ingest' | 'viewer' | 'admin';

/** What an HTTP header can carry as bearer token (https://www.rfc-editor.org/rfc/rfc6750#section-2.1), and nobody guesses. */
export const tokenForm = {
  pattern: /^[\w.~+/-]{16,512}={0,2}$/,
  expects: '16 to 512 characters A-Z, a-z, 0-9, "-", ".", "_", "~", "+" or "/" on one line',
};

export function toToken(name: string, text: string, role: TokenRole = 'ingest'): Token {
  return { name, role, digest: digestOf(text) };
}

/** The token that a text is; `undefined` when it is none of them. Takes the same time whichever it is. */
export function findToken(tokens: readonly Token[], text: string): Token | undefined {
  const digest = digestOf(text);
  let found: Token | undefined;
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) found = token;
  return found;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
