/** What is true while one assignment of one partition lasts. */
export class OwnedPartition {
  private readonly end = new AbortController();
  private lost = false;
  /** Whether it is restored and may be read. */
  ready = false;
  /** Records below are handled. */
  nextOffset = 0;
  /** What the group knows. */
  committedOffset = 0;
  /** Ends with the restore or the batch in hand. Never rejects. */
  busy: Promise<void> = Promise.resolve();

  constructor(readonly partition: number) {}

  get signal(): AbortSignal {
    return this.end.signal;
  }

  get isOurs(): boolean {
    return !this.lost;
  }

  /** The consumer closes: what is in hand may still be finished, nothing new begins. */
  endIntake(): void {
    this.end.abort();
  }

  /** The partition is taken away: nothing may be applied any more. */
  lose(): void {
    this.lost = true;
    this.end.abort();
  }
}
