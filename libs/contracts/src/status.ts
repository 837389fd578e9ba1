/** What a collector says of each family of a target in every pass. Absence is never health: a family without a fresh status is `unknown` to its readers. */
export const familyStatuses = [
  /** Everything that the family names was read. */
  'ok',
  /** Some of it was read; the reason says what is missing. */
  'degraded',
  /** No connection to the target. */
  'unreachable',
  /** The target refused who we are. */
  'auth_failed',
  /** The target refused what we asked for. */
  'permission',
  /** The target can't answer this: an older version, a missing extension. */
  'unsupported',
  /** No answer within the family's deadline. */
  'timed_out',
  /** Not read this time, because the pass before it was still under way. */
  'skipped',
] as const;

export type FamilyStatus = (typeof familyStatuses)[number];

/** The event that carries a status in words: sent on every change and again every 60 s. */
export const statusEvent = 'collector.status';

/** Attributes of `collector.status`. */
export interface StatusAttributes {
  readonly family: string;
  readonly status: FamilyStatus;
  /** One sentence: what is the matter and what to do. Empty when `ok`. */
  readonly reason: string;
  /** When the family came into this status, ms since 1970 UTC. */
  readonly since_ms: number;
}
