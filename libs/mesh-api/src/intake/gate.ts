import { errors } from '../errors.js';
import { CurrentTokens, type CurrentTokensOptions } from './current-tokens.js';
import { findToken } from './token.js';

/** Lets those send measurements who show a token; everybody where none is configured. */
export class Gate {
  private readonly tokens: CurrentTokens;

  constructor(private readonly options: CurrentTokensOptions) {
    this.tokens = new CurrentTokens(options);
  }

  /** The name of the token that was shown; `undefined` where none is asked for. Throws TOKEN_MISSING and TOKEN_INVALID. */
  admit(authorization: string | undefined): string | undefined {
    const { token, tokensFolder } = this.options.config;
    if (token === undefined && tokensFolder === undefined) return undefined;
    const shown = bearerToken(authorization);
    if (shown === undefined) throw errors.TOKEN_MISSING();
    const ingest = this.tokens.now().filter(({ role }) => role === 'ingest');
    const found = findToken(ingest, shown);
    if (!found) throw errors.TOKEN_INVALID();
    return found.name;
  }
}

/** The token in a header `authorization`; `undefined` where there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
