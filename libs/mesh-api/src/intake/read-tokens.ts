import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, type CodedError } from '@omninode/contracts';
import type { ApiConfig } from '../api.config.js';
import { errors } from '../errors.js';
import { toToken, tokenForm, type Token, type TokenRole } from './token.js';

export interface TokensRead {
  readonly tokens: readonly Token[];
  /** Why others of the configured ones are not among them. */
  readonly problems: readonly CodedError[];
}

export type TokenConfig = Pick<ApiConfig, 'token' | 'tokensFolder' | 'adminToken' | 'viewerToken'>;

/** The tokens that are valid now. A file that can't be used costs its own token only. */
export function readTokens({ token, tokensFolder, adminToken, viewerToken }: TokenConfig): TokensRead {
  const tokens: Token[] = [
    ...(token ? [toToken('default', token.reveal())] : []),
    ...(viewerToken ? [toToken('viewer', viewerToken.reveal(), 'viewer')] : []),
    ...(adminToken ? [toToken('admin', adminToken.reveal(), 'admin')] : []),
  ];
  if (tokensFolder === undefined) return { tokens, problems: [] };
  const problems: CodedError[] = [];
  try {
    const files = filesIn(tokensFolder);
    if (files.length === 0) problems.push(errors.TOKENS_MISSING({ folder: tokensFolder }));
    for (const name of files) {
      const read = readToken(name, join(tokensFolder, name));
      if ('digest' in read) tokens.push(read);
      else problems.push(read);
    }
  } catch (error) {
    problems.push(errors.TOKENS_UNREADABLE({ path: tokensFolder, code: errorCode(error) }));
  }
  return { tokens, problems };
}

/** Kubernetes keeps the files of a mounted secret in hidden folders beside links to them. */
function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .sort();
}

function readToken(name: string, path: string): Token | CodedError {
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    const [, owner = name, role = 'ingest'] = /^(.+)\.(viewer|admin)$/.exec(name) ?? [];
    return tokenForm.pattern.test(text)
      ? toToken(owner, text, role as TokenRole)
      : errors.TOKEN_UNFIT({ path, expects: tokenForm.expects });
  } catch (error) {
    return errors.TOKENS_UNREADABLE({ path, code: errorCode(error) });
  }
}
