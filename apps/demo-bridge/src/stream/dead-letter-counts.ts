const hourMs = 3_600_000;
/** The platform's own list has no end; ours has one. */
const kept = 1_000;

/** The dead letters that were sent, as the platform's Kafka client keeps them: a list in memory, its newest part. */
export class DeadLetterCounts {
  #timesMs: number[] = [];

  get total(): number {
    return this.#timesMs.length;
  }

  get lastMs(): number | undefined {
    return this.#timesMs.at(-1);
  }

  add(atMs: number): void {
    this.#timesMs = [...this.#timesMs, atMs].slice(-kept);
  }

  withinHour(nowMs: number): number {
    return this.#timesMs.filter((atMs) => nowMs - atMs < hourMs).length;
  }
}
