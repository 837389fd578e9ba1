import { setImmediate as breathe } from 'node:timers/promises';

/** What one fetch brought may be megabytes of small records: handling them may hold up timers and sockets for so long, ms. */
const mostHeldMs = 10;

/** Lets the event loop turn in the middle of many records. */
export function breathing(): { due(): Promise<void> | undefined } {
  let sinceMs = performance.now();
  return {
    /** `undefined`, which costs nothing to await, unless it is time. */
    due() {
      if (performance.now() - sinceMs < mostHeldMs) return undefined;
      return breathe().then(() => void (sinceMs = performance.now()));
    },
  };
}
