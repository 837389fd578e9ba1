import { setTimeout as sleep } from 'node:timers/promises';

export interface Attempts {
  /** Told of each failure; the log says only what is new of it. */
  onFailure(sentence: string, error: unknown): void;
}

/** Settles with the work, or rejects as soon as the signal aborts. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Tries until it succeeds; rejects only when the signal aborts. */
export async function untilItWorks<T>(
  sentence: string,
  work: () => Promise<T>,
  { onFailure }: Attempts,
  signal: AbortSignal,
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      onFailure(sentence, error);
      await sleep(pauseMs, undefined, { signal });
    }
  }
}
