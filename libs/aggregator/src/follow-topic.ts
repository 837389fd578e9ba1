import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus, BusFollower, FollowOptions } from '@omninode/contracts';

export interface FollowTopicOptions extends FollowOptions {
  readonly bus: Pick<Bus, 'follow'>;
  readonly signal: AbortSignal;
  onError(error: Error): void;
}

/** Follows a topic that may not be there yet, or not be reached: tries until it does. `undefined` when the signal came first. */
export async function followTopic({ bus, signal, ...options }: FollowTopicOptions): Promise<BusFollower | undefined> {
  for (let pauseMs = 200; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      const follower = await bus.follow(options);
      if (!signal.aborted) return follower;
      await follower.close();
    } catch (error) {
      options.onError(error as Error);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
