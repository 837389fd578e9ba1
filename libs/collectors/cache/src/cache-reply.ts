import type { OwnUse } from './redis/own-use.js';

/**
 * What a family asks: what the target tells of itself, shared by all families of a pass, with the newest slow commands
 * besides, or these alone.
 */
export type CacheQuery = 'statistics' | { readonly slowlog: number; readonly alone?: true };

export type CacheReply = ServerReply | ApplicationReply;

/** Of a Redis or Valkey server. */
export interface ServerReply {
  readonly source: 'redis';
  /** The text of INFO. */
  readonly info: string;
  /** What we ourselves had done to the server's figures by then. */
  readonly own: OwnUse;
  /** Why our connection could not be named; absent when it was. */
  readonly namingRefused?: string;
  /** SLOWLOG GET, newest first; only where it was asked. */
  readonly slowlog?: unknown;
}

/** Of an application, by HTTP. */
export interface ApplicationReply {
  readonly source: 'application';
  /** What its cache is called where the JSON names none. */
  readonly cache: string;
  /** Parsed, and not looked at. */
  readonly json: unknown;
}
