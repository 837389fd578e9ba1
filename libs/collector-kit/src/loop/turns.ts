/**
 * Whose turn it is on the one connection of a target: one at a time, the lowest priority number first, then who came first.
 */
export class Turns {
  #isTaken = false;
  readonly #waiting: { readonly priority: number; readonly begin: () => void }[] = [];

  /** Resolves when it is the caller's turn; what it resolves to ends the turn. */
  async take(priority: number): Promise<() => void> {
    if (this.#isTaken) await new Promise<void>((begin) => this.#waiting.push({ priority, begin }));
    this.#isTaken = true;
    return () => this.#next();
  }

  #next(): void {
    const first = this.#waiting.reduce((best, { priority }) => Math.min(best, priority), Infinity);
    const at = this.#waiting.findIndex(({ priority }) => priority === first);
    const [next] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (next)
      next.begin(); // stays taken: it goes from hand to hand
    else this.#isTaken = false;
  }
}
