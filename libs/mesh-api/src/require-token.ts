import { BlockList, isIP } from 'node:net';
import type { ApiConfig } from './api.config.js';
import { errors } from './errors.js';
import { readTokens } from './intake/read-tokens.js';

/**
 * Throws where this process could not protect what it takes in: TOKEN_REQUIRED when others than this machine reach `host` and no
 * token is configured, and the reason when one that is configured can't be used. To be called before anything listens.
 */
export function requireToken(config: Pick<ApiConfig, 'token' | 'tokensFolder'>, host: string): void {
  const { tokens, problems } = readTokens(config);
  if (problems[0]) throw problems[0];
  if (tokens.length === 0 && !isLoopback(host)) throw errors.TOKEN_REQUIRED({ host });
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** A name other than localhost may lead anywhere. */
function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
