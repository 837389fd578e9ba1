/** What it is that is under way: intake being stopped, a request, or a part that closes. */
export type PendingKind = 'intake' | 'request' | 'closing';

/** What is under way, by kind and name. It tells what hung when an end takes too long. */
export class Pending {
  readonly #counts = {
    intake: new Map<string, number>(),
    request: new Map<string, number>(),
    closing: new Map<string, number>(),
  };

  /** The returned function says that it ended; further calls of it mean nothing. */
  begin(kind: PendingKind, name: string): () => void {
    const counts = this.#counts[kind];
    counts.set(name, (counts.get(name) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = counts.get(name)! - 1;
      if (left === 0) counts.delete(name);
      else counts.set(name, left);
    };
  }

  /** `GET /slow (2 times)`, `OrdersPool.onApplicationShutdown`. */
  names(kind: PendingKind): readonly string[] {
    return [...this.#counts[kind]].map(([name, count]) => (count === 1 ? name : `${name} (${count} times)`));
  }
}
