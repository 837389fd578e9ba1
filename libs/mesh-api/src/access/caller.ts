import { BlockList, isIP } from 'node:net';
import type { ApiConfig } from '../api.config.js';
import { errors } from '../errors.js';
import { bearerToken } from '../intake/gate.js';
import { findToken, type Token, type TokenRole } from '../intake/token.js';
import type { ProxyConfig } from './proxy.config.js';

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly role: TokenRole;
  /** `proxy`: the proxy says so; a browser sends its credentials by itself, so they prove no intent. */
  readonly by: 'token' | 'proxy';
}

/** What of a request tells who asks. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** The address at the other end of the connection. */
  readonly address: string | undefined;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** Finds out who asks; `undefined`: nobody that we know. Throws TOKEN_INVALID for a token that is none. */
export function callerFinder(
  { access, proxy }: Pick<ApiConfig, 'access' | 'proxy'>,
  tokens: () => readonly Token[],
): (credentials: Credentials) => Caller | undefined {
  const proxies = access === 'proxy' ? blockList(proxy.addresses) : undefined;
  return (credentials) => {
    const shown = bearerToken(credentials.authorization);
    if (shown !== undefined) {
      const valid = tokens();
      const found = findToken(valid, shown);
      if (found) return { name: found.name, role: found.role, by: 'token' };
      // Where nobody has a token, one that is shown means something to somebody else.
      if (valid.length > 0) throw errors.TOKEN_INVALID();
    }
    return proxies && isListed(proxies, credentials.address) ? proxyCaller(credentials, proxy) : undefined;
  };
}

function proxyCaller({ rawHeaders }: Credentials, proxy: ProxyConfig): Caller | undefined {
  const [name, ...moreNames] = valuesOf(rawHeaders, proxy.userHeader);
  const [groupsText = '', ...moreGroups] = valuesOf(rawHeaders, proxy.groupsHeader);
  // Twice the same header: the proxy let through what a client sent, so neither can be believed.
  if (!name || moreNames.length > 0 || moreGroups.length > 0) return undefined;
  const groups = new Set(groupsText.split(',').map((group) => group.trim()));
  if (groups.has(proxy.adminGroup)) return { name, role: 'admin', by: 'proxy' };
  if (proxy.viewerGroup !== undefined && !groups.has(proxy.viewerGroup)) return undefined;
  return { name, role: 'viewer', by: 'proxy' };
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]!.toLowerCase() === name);
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

function isListed(list: BlockList, address = ''): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
