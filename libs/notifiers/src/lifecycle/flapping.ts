/** An alert flaps from 6 changes within 10 minutes on, until there were no more than 2. */
export const flapRules = { overMs: 600_000, high: 6, low: 2 } as const;

/** The changes of one alert, by the time of the measurements, so that a replay comes to the same verdict. */
export class Flapping {
  #changesMs: number[] = [];
  #isFlapping = false;

  changed(atMs: number): void {
    this.#changesMs.push(atMs);
    this.judge(atMs);
  }

  /** Whether it flaps at a moment. */
  judge(nowMs: number): boolean {
    this.#changesMs = this.#changesMs.filter((atMs) => atMs > nowMs - flapRules.overMs);
    const changes = this.#changesMs.length;
    this.#isFlapping = this.#isFlapping ? changes > flapRules.low : changes >= flapRules.high;
    return this.#isFlapping;
  }

  get isQuiet(): boolean {
    return this.#changesMs.length === 0;
  }
}
