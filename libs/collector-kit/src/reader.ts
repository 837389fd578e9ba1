import type { FamilyStatus } from '@omninode/contracts';

/** What the kit needs to know of a target; the rest is between configuration and reader. */
export interface WatchableTarget {
  readonly id: string;
  /** Labels that all its series get beside `target`. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a collector implements to talk to its kind of target. Nothing else of it talks to anything. */
export interface Reader<Target, Query> {
  /** Connects and learns what the queries depend on. Must end what it began when the signal aborts. */
  connect(target: Target, signal: AbortSignal): Promise<Session<Query>>;
  /** What an error of `connect` or `read` means to the operator. Pure; the reason is a sentence that holds no secret. */
  explain(error: unknown, target: Target): Explanation;
}

/** The one connection to a target. */
export interface Session<Query> {
  /** The target's answer, untouched. Calls come one at a time. */
  read(query: Query, family: string, signal: AbortSignal): Promise<Answer>;
  /** Why it ended without our doing, for instance because the target stopped; `undefined` while it lives. */
  readonly lost: Error | undefined;
  /** Ends it in an orderly way. */
  close(): Promise<void>;
  /** Ends it at once, whatever is under way. */
  destroy(): void;
}

export interface Answer {
  readonly reply: unknown;
  /** What the answer cost the target. */
  readonly roundTrips: number;
  /** Rows, entries or whatever the reply is a list of. */
  readonly rows: number;
}

export interface Explanation {
  readonly status: Exclude<FamilyStatus, 'ok' | 'skipped'>;
  /** What is the matter and what to do. */
  readonly reason: string;
}
