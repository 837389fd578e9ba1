import type { CodedError } from '@omninode/contracts';
import type { Address } from '../cache-target.js';
import { errors } from '../errors.js';

/** The first word of an error reply, which is its type: `NOPERM`. */
export function typeOf(message: string): string {
  return /^[A-Z][A-Z0-9_]*(?=\s|$)/.exec(message)?.[0] ?? 'ERR';
}

/**
 * What an error reply means. The reply itself is not kept: it quotes what was sent, and that may be a password.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
export function readReplyError(message: string, command: string, { place, user }: Address): CodedError {
  const code = typeOf(message);
  const said = { place, user, command: command.toUpperCase().replace('|', ' '), rule: command, code };
  if (/^ERR max number of clients/i.test(message)) return errors.CLIENTS_FULL(said);
  if (code === 'DENIED') return errors.PROTECTED(said);
  if (code === 'NOAUTH') return errors.LOGIN_MISSING(said);
  if (command === 'auth') {
    const isNeedless = /without any password configured|no password is set/i.test(message);
    return isNeedless ? errors.LOGIN_NOT_ASKED(said) : errors.LOGIN_REFUSED(said);
  }
  if (code === 'NOPERM') return errors.COMMAND_REFUSED(said);
  if (/^ERR unknown (command|subcommand)/i.test(message)) return errors.COMMAND_UNKNOWN(said);
  return errors.ERROR_REPLY(said);
}
