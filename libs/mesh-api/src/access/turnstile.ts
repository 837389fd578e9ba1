import { errors } from '../errors.js';

/** What of a request decides how many like it may be under way at once. */
export type Sort = 'probe' | 'page' | 'read' | 'change' | 'stream' | 'intake';

export interface TurnstileLimits {
  readonly concurrentRequests: number;
  readonly concurrentStreams: number;
}

/** Counts the requests under way by sort, and lets no more of them in than the limits allow. */
export class Turnstile {
  private readonly underWay = new Map<Sort, number>();

  constructor(private readonly limits: TurnstileLimits) {}

  /** Returns what must be called once when the request has ended. Throws TOO_MANY_REQUESTS. */
  enter(sort: Sort): () => void {
    const { limit, setting } = this.limitOf(sort);
    const now = this.underWay.get(sort) ?? 0;
    if (now >= limit) throw errors.TOO_MANY_REQUESTS({ limit, setting });
    this.underWay.set(sort, now + 1);
    let isInside = true;
    return () => {
      if (isInside) this.underWay.set(sort, this.underWay.get(sort)! - 1);
      isInside = false;
    };
  }

  private limitOf(sort: Sort): { limit: number; setting: string } {
    const { concurrentRequests, concurrentStreams } = this.limits;
    // A probe that is refused would restart a process that is only busy; intake has limits of its own.
    if (sort === 'probe' || sort === 'intake') return { limit: Infinity, setting: '' };
    return sort === 'stream'
      ? { limit: concurrentStreams, setting: 'api.concurrentStreams' }
      : { limit: concurrentRequests, setting: 'api.concurrentRequests' };
  }
}
