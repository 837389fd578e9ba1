import { isLoopback } from './access/loopback.js';
import { errors } from './errors.js';
import { readTokens, type TokenConfig } from './intake/read-tokens.js';

/**
 * Throws where this process could not protect what it takes in: TOKEN_REQUIRED when others than this machine reach `host` and no
 * token is configured, and the reason when one that is configured can't be used. To be called before anything listens.
 */
export function requireToken(config: TokenConfig, host: string): void {
  const { tokens, problems } = readTokens(config);
  if (problems[0]) throw problems[0];
  if (!tokens.some(({ role }) => role === 'ingest') && !isLoopback(host)) throw errors.TOKEN_REQUIRED({ host });
}
