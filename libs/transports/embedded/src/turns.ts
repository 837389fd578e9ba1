/**
 * Lets one reader or sweeper work in each round of the event loop: a read and its handler's first part hold up the process
 * for some milliseconds, and a dozen partitions in one round would hold up timers and sockets for all of them together.
 */
export interface Turns {
  /** Resolves when it is the caller's turn. First come, first served. */
  next(): Promise<void>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const giveTurn = (): void => {
    waiting.shift()!();
    if (waiting.length > 0) setImmediate(giveTurn);
  };
  return {
    next: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(giveTurn);
      }),
  };
}
