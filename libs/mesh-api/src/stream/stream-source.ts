/** Injection token of the `StreamSource`s that the stream tells of besides health and targets. */
export const STREAM_SOURCES = Symbol('omninode:stream-sources');

/** Something that changes by key: alerts, commands. */
export interface StreamSource {
  readonly event: 'alert' | 'command';
  /** Calls the listener with every change, old ones first, until what it returned is called. */
  subscribe(listener: (change: StreamChange) => void): () => Promise<void>;
}

export interface StreamChange {
  /** What it is about: a newer change with the same key replaces it. */
  readonly key: string;
  /** Target or service that it concerns. */
  readonly entity: string | undefined;
  readonly data: object;
  /** It is over: a client that begins later need not hear of it. */
  readonly isOver?: boolean;
  /** It means nothing any more after this, ms since 1970 UTC. */
  readonly expiresAtMs?: number;
}
