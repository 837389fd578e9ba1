/** Time and chance as arguments, so that tests decide about both. */
export interface Clock {
  /** Ms since 1970 UTC, for what is published. Can jump. */
  nowMs(): number;
  /** Ms since some moment, for durations and schedules. Never jumps. */
  elapsedMs(): number;
  /** Resolves after that time, or as soon as the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  random: () => Math.random(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end);
    }),
};
