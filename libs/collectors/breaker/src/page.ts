import type { BreakerTarget } from './breaker-target.js';

/** What is asked of a target: its page, or the events that resilience4j remembers beside it. */
export type BreakerQuery = 'page' | 'events';

/** A page as it was answered, and how the target wants it to be read. */
export interface BreakerReply extends Pick<BreakerTarget, 'format' | 'rules' | 'criticality' | 'criticalities'> {
  readonly text: string;
}
