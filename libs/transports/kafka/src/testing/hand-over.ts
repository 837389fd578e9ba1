import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type Bus, type BusConsumer } from '@omninode/contracts';
import type { KafkaConnection } from '@omninode/kafka-link';
import { expect, test, vi } from 'vitest';
import { openKafkaBus } from '../kafka-bus.js';
import { testTiming } from './timing.js';

/** What kafkajs does not do by itself: nobody gets a partition before its last owner has written what it must keep. */
export function handsOverInOrder(connection: () => KafkaConnection): void {
  test('a member that joins restores a partition only when the last owner is done with it', async () => {
    const topics = topicNames(`hand-over-${process.pid}`);
    const [first, second] = [0, 1].map(() =>
      openKafkaBus({ connection: connection(), topics, partitions: 4, timing: testTiming }),
    ) as [Bus, Bus];
    const events: string[] = [];
    const join = (bus: Bus, name: string): Promise<BusConsumer> =>
      bus.consume({
        topic: topics.measurement,
        group: 'in-order',
        async onAssigned({ partition }) {
          events.push(`${name} has ${partition}`);
          return 'committed';
        },
        onBatch: () => Promise.resolve(),
        async onRevoked(partition) {
          await sleep(1_500);
          events.push(`${name} gave ${partition}`);
        },
      });
    try {
      await first.prepareTopics();
      const one = await join(first, 'first');
      await vi.waitFor(() => expect(events).toHaveLength(4));
      const two = await join(second, 'second');
      await vi.waitFor(() => expect([one.assigned.length, two.assigned.length]).toEqual([2, 2]), 20_000);
      await vi.waitFor(() => expect(events).toHaveLength(12), 5_000);
      for (const partition of two.assigned) {
        const gave = events.indexOf(`first gave ${partition}`);
        expect(gave).toBeGreaterThanOrEqual(4);
        expect(events.indexOf(`second has ${partition}`)).toBeGreaterThan(gave);
      }
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
}
