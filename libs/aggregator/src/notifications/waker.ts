/** Lets one loop sleep until something happened or the time is over. What happened while it was awake is not lost. */
export class Waker {
  #resolve: (() => void) | undefined;
  #isDue = false;

  wake(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isDue && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#resolve = resolve;
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', resolve as () => void);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', resolve as () => void);
    }
    this.#isDue = false;
  }
}
