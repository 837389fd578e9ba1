import type { Clock } from '../loop/clock.js';

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly end: () => void }>();

  constructor(private readonly startMs = 1_700_000_000_000) {}

  nowMs(): number {
    return this.startMs + this.#elapsedMs;
  }

  elapsedMs(): number {
    return this.#elapsedMs;
  }

  random(): number {
    return 0.5;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        this.#timers.delete(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = { dueMs: this.#elapsedMs + ms, end };
      this.#timers.add(timer);
      signal?.addEventListener('abort', end);
    });
  }

  /** Lets the time pass timer by timer, and what each of them sets off run before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    await settle();
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs);
      if (!next) break;
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.end();
      await settle();
    }
    this.#elapsedMs = untilMs;
  }
}

/** Lets everything run that waits for promises only. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
