import type { Bus, NewRecord } from '@omninode/contracts';
import { topics } from './notified-mesh.js';

export interface MortalBus extends Bus {
  /** As if the process had been killed: from now on it writes, reads and commits nothing, and its partitions go to others. */
  kill(): void;
  /** Called before records are written; may kill. */
  onPublish: ((records: readonly NewRecord[]) => void) | undefined;
  /** Called when they are written; may kill. */
  onPublished: ((records: readonly NewRecord[]) => void) | undefined;
}

/** A bus as one process sees it, that can die without a last word. */
export function mortalBus(bus: Bus): MortalBus {
  let isDead = false;
  const endings: (() => unknown)[] = [];
  const mortal: MortalBus = {
    ...bus,
    onPublish: undefined,
    onPublished: undefined,
    kill() {
      isDead = true;
      for (const end of endings) void end();
    },
    async publish(records) {
      mortal.onPublish?.(records);
      if (isDead) throw new Error('killed');
      const positions = await bus.publish(records);
      mortal.onPublished?.(records);
      if (isDead) throw new Error('killed');
      return positions;
    },
    async consume(options) {
      const isCurrentOf = (of: { isCurrent(): boolean }) => () => !isDead && of.isCurrent();
      const consumer = await bus.consume({
        ...options,
        onAssigned: async (assignment) =>
          (await options.onAssigned?.({ ...assignment, isCurrent: isCurrentOf(assignment) })) ?? 'committed',
        onBatch: async (batch) => {
          if (!isDead) await options.onBatch(batch);
        },
        onRevoked: async (partition) => {
          if (!isDead) await options.onRevoked?.(partition);
        },
      });
      endings.push(() => consumer.close());
      return consumer;
    },
    async follow(options) {
      const follower = await bus.follow({
        ...options,
        onRecord: (record) => (isDead ? undefined : options.onRecord(record)),
      });
      endings.push(() => follower.close());
      return follower;
    },
  };
  return mortal;
}

export function isOutbox(records: readonly NewRecord[]): boolean {
  return records.some(({ topic, key }) => topic === topics.memory && key.startsWith('receiver/'));
}
