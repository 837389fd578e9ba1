import type { Clock } from './clock.js';

export interface Deadline {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** What it rejects with when the time is over. */
  readonly onTimeout: () => Error;
}

/**
 * Settles when the work does, when the time is over or when the signal aborts, whichever is first: also where the work does
 * not heed its signal, so that nothing waits for it for ever.
 */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadline: Deadline): Promise<T> {
  const { clock, deadlineMs, signal, onTimeout } = deadline;
  signal.throwIfAborted();
  const over = new AbortController();
  const cancel = new AbortController();
  const timedOut = clock.wait(deadlineMs, AbortSignal.any([signal, over.signal])).then(() => {
    if (over.signal.aborted) return new Promise<never>(() => undefined);
    const reason = signal.aborted ? (signal.reason as Error) : onTimeout();
    cancel.abort(reason);
    throw reason;
  });
  try {
    return await Promise.race([work(cancel.signal), timedOut]);
  } finally {
    over.abort();
  }
}
