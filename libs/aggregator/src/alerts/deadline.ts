import { setTimeout as sleep } from 'node:timers/promises';
import { alertErrors } from './errors.js';

/** What a promise gives, unless it takes too long. It goes on all the same; what comes of it then is nobody's concern. */
export async function endsBefore<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const ended = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: ended.signal }).then(() => {
    throw alertErrors.ALERT_BUS_SLOW({ timeoutMs });
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    ended.abort();
    // The timer's own rejection says only that it is not needed any more.
    late.catch(() => undefined);
    promise.catch(() => undefined);
  }
}
