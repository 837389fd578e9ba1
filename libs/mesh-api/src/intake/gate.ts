import type { CodedError } from '@omninode/contracts';
import type { ApiConfig } from '../api.config.js';
import { errors } from '../errors.js';
import { readTokens } from './read-tokens.js';
import { findToken, type Token } from './token.js';

export interface GateOptions {
  readonly config: Pick<ApiConfig, 'token' | 'tokensFolder'>;
  /** Of a clock for durations. */
  nowMs(): number;
  /** Told of tokens that can't be used, each time they are read; of none when all is well. */
  onRead(problems: readonly CodedError[]): void;
}

/** How old what is known of the folder may be, ms: a token that is taken away opens nothing any more after this. */
const readEveryMs = 5_000;

/** Lets those send measurements who show a token; everybody where none is configured. */
export class Gate {
  private tokens: readonly Token[] = [];
  private readAtMs = -Infinity;

  constructor(private readonly options: GateOptions) {}

  /** The name of the token that was shown; `undefined` where none is asked for. Throws TOKEN_MISSING and TOKEN_INVALID. */
  admit(authorization: string | undefined): string | undefined {
    const { token, tokensFolder } = this.options.config;
    if (token === undefined && tokensFolder === undefined) return undefined;
    const shown = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (shown === undefined) throw errors.TOKEN_MISSING();
    const found = findToken(this.currentTokens(), shown);
    if (!found) throw errors.TOKEN_INVALID();
    return found.name;
  }

  private currentTokens(): readonly Token[] {
    const { config, nowMs, onRead } = this.options;
    if (nowMs() - this.readAtMs < readEveryMs) return this.tokens;
    this.readAtMs = nowMs();
    const { tokens, problems } = readTokens(config);
    onRead(problems);
    return (this.tokens = tokens);
  }
}
