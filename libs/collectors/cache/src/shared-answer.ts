/**
 * One answer, or one failure, for all families of a pass: each family is given it once. A family that comes again begins the
 * next pass, and what is old is asked anew.
 */
export class SharedAnswer<T> {
  #answer: Promise<T> | undefined;
  #askedAtMs = 0;
  readonly #given = new Set<string>();

  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<T>,
    private readonly elapsedMs: () => number = () => performance.now(),
  ) {}

  /** `isNew`: whether it was asked for this family. */
  async get(family: string, signal: AbortSignal): Promise<{ readonly answer: T; readonly isNew: boolean }> {
    const isNew = !this.#answer || this.#given.has(family) || this.elapsedMs() - this.#askedAtMs > maxAgeMs;
    if (isNew) {
      this.#given.clear();
      this.#askedAtMs = this.elapsedMs();
      this.#answer = this.ask(signal);
    }
    this.#given.add(family);
    return { answer: await (this.#answer as Promise<T>), isNew };
  }
}

/** Longer than a pass of a server that answers takes, shorter than the shortest interval. */
const maxAgeMs = 900;
