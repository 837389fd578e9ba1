import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to false, at once, when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
