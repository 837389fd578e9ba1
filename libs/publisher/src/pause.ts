/** A wait that can be ended early; one at a time. */
export class Pause {
  private wake: (() => void) | undefined;

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(), ms);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}

/** Doubles with each failure from `firstMs` to `maxMs`, less up to a quarter by chance, so that many processes spread out. */
export function retryPauseMs(failures: number, firstMs: number, maxMs: number, random: () => number): number {
  return Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (1 - random() / 4);
}
