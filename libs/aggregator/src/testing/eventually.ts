import { setTimeout as sleep } from 'node:timers/promises';

/** Tries a check until it holds, for at most some seconds. */
export async function eventually(check: () => void | Promise<void>, everyMs = 50): Promise<void> {
  const untilMs = performance.now() + 10_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > untilMs) throw error;
      await sleep(everyMs);
    }
  }
}
