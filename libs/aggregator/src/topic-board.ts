import type { Bus, BusFollower, BusRecord } from '@omninode/contracts';
import { followTopic } from './follow-topic.js';

/** What every replica knows of a compacted topic, by following all of it. */
export abstract class TopicBoard {
  /** Records that could not be read: of a later version, or written by somebody else. */
  unreadable = 0;
  /** Whether all that was on the topic at the start has been read. */
  isCaughtUp = false;
  private readonly stopped = new AbortController();
  private following: Promise<BusFollower | undefined> = Promise.resolve(undefined);

  start(bus: Pick<Bus, 'follow'>, topic: string, onError: (error: Error) => void): void {
    const { signal } = this.stopped;
    this.following = followTopic({ bus, topic, signal, onRecord: (record) => this.take(record), onError });
    void this.following
      .then((follower) => follower?.caughtUp.then(() => (this.isCaughtUp = true)))
      // Closed before it had caught up; what goes wrong is told by `onError`.
      .catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await (await this.following)?.close();
  }

  protected abstract take(record: BusRecord): void;
}
