import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusConsumer, BusRecord, RecordBatch } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { everything, numbered, onStage, partitions, type Scene } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

export function groupsContract(contract: BusContract): void {
  describe('groups', () => {
    test('each get everything', () =>
      onStage(contract, async ({ bus, topics: { alert }, eventually }) => {
        const seen = new Map<string, BusRecord[]>([
          ['one', []],
          ['two', []],
        ]);
        for (const [group, records] of seen) {
          await bus.consume({ topic: alert, group, onBatch: async (batch) => void records.push(...batch.records) });
        }
        await Promise.all([0, 1, 2, 3].map((partition) => bus.publish(numbered(alert, partition, 10))));
        await eventually(() => expect([...seen.values()].map(({ length }) => length)).toEqual([40, 40]));
      }));

    test('share the partitions among their members and hand them over when one leaves', () =>
      onStage(contract, async (scene) => {
        const ledger = new OwnershipLedger();
        const traffic = publishUntil(scene);
        const first = await join(scene, ledger, 'first');
        await scene.eventually(() => expect([...first.assigned].sort()).toEqual([0, 1, 2, 3]));
        const second = await join(scene, ledger, 'second');
        await scene.eventually(() => expect([first.assigned.length, second.assigned.length]).toEqual([2, 2]));
        expect([...first.assigned, ...second.assigned].sort()).toEqual([0, 1, 2, 3]);
        await sleep(100);
        await first.close();
        expect(first.assigned).toEqual([]);
        await scene.eventually(() => expect([...second.assigned].sort()).toEqual([0, 1, 2, 3]));
        await traffic.stop();

        const published = await everything(scene.bus, scene.topics.measurement);
        await scene.eventually(() => expect(ledger.applied.size).toBe(published.length));
        expect(ledger.overlaps).toEqual([]);
      }));

    test('tell the member that loses a partition, and what it did not apply comes to the next owner', () =>
      onStage(contract, async ({ bus, topics: { measurement }, eventually, timing }) => {
        const group = 'hand-over';
        const ofFirst: RecordBatch[] = [];
        const applied = new Set<string>();
        const apply = ({ partition, records }: RecordBatch) => {
          for (const { offset } of records) applied.add(`${partition}/${offset}`);
        };
        await bus.consume({
          topic: measurement,
          group,
          async onBatch(batch) {
            ofFirst.push(batch);
            if (!batch.signal.aborted) await once(batch.signal, 'abort');
            if (batch.isCurrent()) apply(batch);
          },
        });
        const publishFive = () =>
          Promise.all([0, 1, 2, 3].map((partition) => bus.publish(numbered(measurement, partition, 5))));
        await publishFive();
        // Every partition of the first member has a batch in hand that ends only when it is taken away.
        await eventually(() => expect(new Set(ofFirst.map(({ partition }) => partition)).size).toBe(4));
        await sleep(timing.quietMs);
        const second = await bus.consume({ topic: measurement, group, onBatch: async (batch) => apply(batch) });
        await eventually(() => expect(second.assigned.length).toBeGreaterThan(0));
        await publishFive();
        const moved = second.assigned;
        const wanted = moved.flatMap((partition) =>
          Array.from({ length: 10 }, (_, offset) => `${partition}/${offset}`),
        );
        await eventually(() => expect(wanted.filter((each) => !applied.has(each))).toEqual([]));
        for (const batch of ofFirst.filter(({ partition }) => moved.includes(partition))) {
          expect(batch.signal.aborted).toBe(true);
          expect(batch.isCurrent()).toBe(false);
        }
      }));
  });
}

/** Watches that no partition is in two hands at once. */
class OwnershipLedger {
  readonly applied = new Set<string>();
  readonly overlaps: string[] = [];
  private readonly inHand = new Map<number, string>();

  begin(member: string, partition: number): void {
    const other = this.inHand.get(partition);
    if (other !== undefined) this.overlaps.push(`${member} began ${partition} while ${other} had it`);
    this.inHand.set(partition, member);
  }

  end(partition: number): void {
    this.inHand.delete(partition);
  }
}

function join({ bus, topics }: Scene, ledger: OwnershipLedger, name: string): Promise<BusConsumer> {
  return bus.consume({
    topic: topics.measurement,
    group: 'shared',
    async onBatch({ partition, records, isCurrent }) {
      ledger.begin(name, partition);
      await sleep(5);
      if (isCurrent()) for (const { offset } of records) ledger.applied.add(`${partition}/${offset}`);
      ledger.end(partition);
    },
  });
}

/** Keeps publishing to every partition until it is stopped. */
function publishUntil({ bus, topics }: Scene): { stop(): Promise<void> } {
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      const all = Array.from({ length: partitions }, (_, partition) =>
        numbered(topics.measurement, partition, 2),
      ).flat();
      await bus.publish(all);
      await sleep(5);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}
