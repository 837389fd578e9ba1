import type { Clock } from './clock.js';

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * Tries until it succeeds; rejects only when the signal aborts. The first failure in a row is told, the others are more of
 * the same.
 */
export async function retry<T>(
  work: () => Promise<T>,
  { clock, signal, onFailure }: { clock: Clock; signal: AbortSignal; onFailure: (error: unknown) => void },
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (failures === 0 && !signal.aborted) onFailure(error);
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      await clock.wait(pauseMs * (0.5 + clock.random() / 2), signal);
    }
  }
}
