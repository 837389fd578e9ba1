import { setTimeout as sleep } from 'node:timers/promises';
import type { PartitionSummary } from '@omninode/aggregation';
import type { Bus, BusFollower, BusRecord } from '@omninode/contracts';

/** The newest summary of every partition, whoever owns it: what any replica answers from for the whole mesh. */
export class SummaryBoard {
  private readonly newest = new Map<number, PartitionSummary>();
  private follower: BusFollower | undefined;
  /** Summaries that could not be read: of a later version, or written by somebody else. */
  unreadable = 0;

  /** Whether every summary that existed at the start has been read. */
  isCaughtUp = false;
  private readonly stopped = new AbortController();
  private following: Promise<void> = Promise.resolve();

  start(bus: Bus, topic: string, onError: (error: Error) => void): void {
    this.following = this.follow(bus, topic, onError);
  }

  summaries(): readonly PartitionSummary[] {
    return [...this.newest.values()].sort((a, b) => a.partition - b.partition);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.following;
    await this.follower?.close();
  }

  /** The topic may not be there yet, or not be reached: then this goes on trying. */
  private async follow(bus: Bus, topic: string, onError: (error: Error) => void): Promise<void> {
    for (let pauseMs = 200; !this.stopped.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        this.follower = await bus.follow({ topic, onRecord: (record) => this.take(record), onError });
        void this.follower.caughtUp.then(
          () => (this.isCaughtUp = true),
          () => undefined,
        );
        return;
      } catch (error) {
        onError(error as Error);
        await sleep(pauseMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
  }

  private take(record: BusRecord): void {
    const summary = readSummary(record.value);
    if (!summary) {
      this.unreadable++;
      return;
    }
    const known = this.newest.get(summary.partition);
    // A new owner that catches up knows less than the one before: until it is as far, that one's word stands.
    const isFresh = known && summary.atMs - known.atMs < catchUpMs;
    if (isFresh && known.owner !== summary.owner && known.nextOffset > summary.nextOffset) return;
    this.newest.set(summary.partition, summary);
  }
}

/** After this a partition's new owner is believed, however far behind: the topic may have been made anew. */
const catchUpMs = 60_000;

function readSummary(value: Buffer | null): PartitionSummary | undefined {
  try {
    const summary = JSON.parse(value?.toString() ?? '') as PartitionSummary;
    return summary.version === 1 && Number.isInteger(summary.partition) && Array.isArray(summary.targets)
      ? summary
      : undefined;
  } catch {
    return undefined;
  }
}
