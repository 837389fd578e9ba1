import { setImmediate as breathe } from 'node:timers/promises';
import type { BusRecord } from '@omninode/contracts';

/** Records that wait at most. A rollup is about 1 KB. */
const room = 5_000;
/** How long waiting records are handled at a stretch, ms. */
const stretchMs = 10;

/**
 * While a compacted topic is read from its beginning: of records of one key that come soon after each other only the newest is
 * handled, in its place, as if compaction had passed there already. The hour that goes on is rewritten every minute.
 */
export class NewestRecords {
  /** Records that were passed over, because a newer one of their key came. */
  superseded = 0;
  private readonly waiting = new Map<string, BusRecord>();

  constructor(private readonly take: (record: BusRecord) => void) {}

  add(record: BusRecord): void {
    const key = `${record.partition} ${record.key}`;
    if (this.waiting.delete(key)) this.superseded++;
    this.waiting.set(key, record);
    if (this.waiting.size > room) this.takeOldest();
  }

  /** Handles all that waits, and lets the event loop turn in between. */
  async drain(signal: AbortSignal): Promise<void> {
    while (this.waiting.size > 0 && !signal.aborted) {
      const untilMs = performance.now() + stretchMs;
      while (this.waiting.size > 0 && performance.now() < untilMs) this.takeOldest();
      await breathe();
    }
  }

  private takeOldest(): void {
    const [[key, record]] = this.waiting as unknown as [[string, BusRecord]];
    this.waiting.delete(key);
    this.take(record);
  }
}
