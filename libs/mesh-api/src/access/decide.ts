import { isIP } from 'node:net';
import { errors } from '../errors.js';
import type { Route } from '../openapi/route.js';
import type { Caller } from './caller.js';

export interface Situation {
  /** Whether reading is open to everybody. */
  readonly isOpen: boolean;
  /** Whether only this machine reaches the process. */
  readonly isLocal: boolean;
  /** Whether anybody can be an admin. */
  readonly hasAdmin: boolean;
}

export interface Asked {
  /** `undefined`: a route that nobody has described: it takes an admin. */
  readonly route: Pick<Route, 'method' | 'path' | 'role'> | undefined;
  readonly method: string;
  readonly path: string;
  readonly caller: Caller | undefined;
  /** The header `host`. */
  readonly host: string | undefined;
  /** Whether a header was sent that no form and no other page can send. */
  readonly hasCustomHeader: boolean;
}

/** Throws a coded error where a request may not be answered. */
export function decide(situation: Situation, asked: Asked): void {
  const needed = asked.route?.role ?? 'admin';
  if (needed === 'admin') mayChange(situation, asked);
  else mayRead(situation, asked);
  if (isChange(asked.method)) isMeant(asked);
}

function mayRead({ isOpen }: Situation, { caller, path }: Asked): void {
  if (isOpen || caller?.role === 'viewer' || caller?.role === 'admin') return;
  if (!caller) throw errors.ACCESS_TOKEN_MISSING({ path });
  throw errors.ACCESS_DENIED({ path, needed: 'viewer', name: caller.name, role: caller.role });
}

function mayChange({ isOpen, isLocal, hasAdmin }: Situation, { caller, path, host }: Asked): void {
  if (caller?.role === 'admin') return;
  if (isOpen && isLocal && !hasAdmin) {
    if (!isOwnName(host)) throw errors.HOST_UNEXPECTED();
    return;
  }
  if (!hasAdmin) throw errors.ADMIN_NOT_CONFIGURED({ path });
  if (!caller) throw errors.ACCESS_TOKEN_MISSING({ path });
  throw errors.ACCESS_DENIED({ path, needed: 'admin', name: caller.name, role: caller.role });
}

/** A browser sends cookies, and what a proxy makes of them, by itself: they prove no intent of who sits before it. */
function isMeant({ caller, hasCustomHeader, path }: Asked): void {
  if (caller?.by !== 'token' && !hasCustomHeader) throw errors.REQUEST_FORGED({ path });
}

export function isChange(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** A page whose name was made to lead to this machine sends its own name. */
function isOwnName(host = ''): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name.toLowerCase() === 'localhost' || isIP(name) !== 0;
}
