import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until `look` no longer throws, and resolves to what it saw; after the deadline rejects with its last reason. */
export async function until(deadlineMs, signal, look) {
  const giveUpAtMs = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() > giveUpAtMs) {
        const late = new Error(`not within ${Math.round(deadlineMs / 1000)} s: ${error.message}`, { cause: error });
        throw Object.assign(late, { services: error.services });
      }
    }
    await sleep(300, undefined, { signal });
  }
}

/** Throws that what is wanted is not so. */
export function demand(isSo, otherwise) {
  if (!isSo) throw new Error(otherwise);
}
