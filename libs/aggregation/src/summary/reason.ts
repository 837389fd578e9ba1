/** The document's scale, and `unknown`: absence of data is never health. */
export type Health = 'healthy' | 'degraded' | 'critical' | 'unknown';

export interface Reason {
  /** What it is about: `database/orders-db`, `mesh/partition-3`, `service/checkout`. */
  readonly component: string;
  readonly health: Health;
  readonly reason: string;
  /** Since when, ms since 1970 UTC; absent when it can't be told. */
  readonly sinceMs?: number;
  /** Where more of it stands: a path of the HTTP API. */
  readonly link?: string;
  /** What to do about it: an address, as the alert's rule names it. */
  readonly runbook?: string;
}

export const worstFirst: readonly Health[] = ['critical', 'unknown', 'degraded', 'healthy'];

export function worst(reasons: readonly Pick<Reason, 'health'>[]): Health {
  return worstFirst.find((health) => reasons.some((reason) => reason.health === health)) ?? 'healthy';
}

/** The same reasons, none of them worse than a limit. */
export function atMost<R extends Pick<Reason, 'health'>>(limit: Health, reasons: readonly R[]): R[] {
  return reasons.map((reason) => (isWorse(reason.health, limit) ? { ...reason, health: limit } : reason));
}

function isWorse(one: Health, other: Health): boolean {
  return worstFirst.indexOf(one) < worstFirst.indexOf(other);
}
