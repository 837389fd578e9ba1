import type { CodedError } from '@omninode/contracts';
import { readTokens, type TokenConfig } from './read-tokens.js';
import type { Token } from './token.js';

export interface CurrentTokensOptions {
  readonly config: TokenConfig;
  /** Of a clock for durations. */
  nowMs(): number;
  /** Told of tokens that can't be used, each time they are read; of none when all is well. */
  onRead(problems: readonly CodedError[]): void;
}

/** How old what is known of the folder may be, ms: a token that is taken away opens nothing any more after this. */
const readEveryMs = 5_000;

/** The tokens that are valid now. */
export class CurrentTokens {
  private tokens: readonly Token[] = [];
  private readAtMs = -Infinity;

  constructor(private readonly options: CurrentTokensOptions) {}

  now(): readonly Token[] {
    const { config, nowMs, onRead } = this.options;
    if (nowMs() - this.readAtMs < readEveryMs) return this.tokens;
    this.readAtMs = nowMs();
    const { tokens, problems } = readTokens(config);
    onRead(problems);
    return (this.tokens = tokens);
  }
}
