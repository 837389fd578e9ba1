import type { Position } from '@omninode/contracts';

/** Wakes readers of a partition when something was appended to it. */
export class Arrivals {
  private readonly waiting = new Map<string, Set<() => void>>();

  announce(positions: readonly Position[]): void {
    for (const key of new Set(positions.map(({ topic, partition }) => keyOf(topic, partition)))) {
      const waiting = this.waiting.get(key);
      this.waiting.delete(key);
      for (const wake of waiting ?? []) wake();
    }
  }

  /** Resolves with the next arrival in the partition, or when the signal aborts. */
  next(topic: string, partition: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const key = keyOf(topic, partition);
      const waiting = this.waiting.get(key) ?? new Set();
      const wake = () => {
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        resolve();
      };
      this.waiting.set(key, waiting.add(wake));
      signal.addEventListener('abort', wake);
    });
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition}@${topic}`;
}
