import { setTimeout as sleep } from 'node:timers/promises';
import type { BusRecord, RecordBatch, StartAt } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { everything, numbered, onStage, text, valuesOf } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

export function consumingContract(contract: BusContract): void {
  describe('consuming', () => {
    test('goes on where the group committed, also after a new start', () =>
      onStage(contract, async (scene) => {
        const { measurement } = scene.topics;
        const group = 'resumes';
        await scene.bus.publish(numbered(measurement, 1, 10, 'first '));
        const before: BusRecord[] = [];
        await scene.bus.consume({
          topic: measurement,
          group,
          onBatch: async ({ records }) => void before.push(...records),
        });
        await scene.eventually(() => expect(before).toHaveLength(10));

        const bus = await scene.reopen();
        await bus.publish(numbered(measurement, 1, 5, 'second '));
        const after: BusRecord[] = [];
        await bus.consume({ topic: measurement, group, onBatch: async ({ records }) => void after.push(...records) });
        await scene.eventually(() => expect(after.length).toBeGreaterThanOrEqual(5));
        await scene.quiet();
        expect(valuesOf(after)).toEqual(Array.from({ length: 5 }, (_, nth) => `second ${nth}`));
      }));

    test('gives the records of a partition in order, one batch at a time, with the end that is known', () =>
      onStage(contract, async ({ bus, topics: { measurement }, eventually }) => {
        const seen: BusRecord[] = [];
        const running = new Map<number, number>();
        let mostAtOnce = 0;
        await bus.consume({
          topic: measurement,
          group: 'in-order',
          async onBatch({ partition, records, endOffset }) {
            running.set(partition, (running.get(partition) ?? 0) + 1);
            mostAtOnce = Math.max(mostAtOnce, running.get(partition)!);
            expect(endOffset).toBeGreaterThan(records.at(-1)!.offset);
            await sleep(1);
            seen.push(...records);
            running.set(partition, running.get(partition)! - 1);
          },
        });
        for (let round = 0; round < 20; round++) {
          await Promise.all([0, 1, 2, 3].map((partition) => bus.publish(numbered(measurement, partition, 25))));
        }
        await eventually(() => expect(seen).toHaveLength(2000));
        expect(mostAtOnce).toBe(1);
        for (const partition of [0, 1, 2, 3]) {
          const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
          expect(offsets).toEqual(Array.from({ length: 500 }, (_, nth) => nth));
        }
      }));

    positions(contract);
    assignments(contract);
    slowHandlers(contract);
  });
}

function positions(contract: BusContract): void {
  const startingAt = (start: StartAt | undefined, committed: number) =>
    onStage(contract, async (scene) => {
      const { measurement } = scene.topics;
      await scene.bus.publish(numbered(measurement, 3, 12));
      const group = 'own-positions';
      if (committed > 0) {
        const handled: BusRecord[] = [];
        const consumer = await scene.bus.consume({
          topic: measurement,
          group,
          onBatch: async ({ records }) => void handled.push(...records),
        });
        await scene.eventually(() => expect(handled).toHaveLength(12));
        await consumer.close();
      }
      const seen: BusRecord[] = [];
      await scene.bus.consume({
        topic: measurement,
        group,
        commit: false,
        ...(start === undefined ? {} : { onAssigned: async () => start }),
        onBatch: async ({ records }) => void seen.push(...records),
      });
      const expected = typeof start === 'number' && start <= 12 ? start : 0;
      await scene.eventually(() => expect(seen.at(-1)?.offset).toBe(11));
      expect(seen.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 12 - expected }, (_, nth) => expected + nth),
      );
    });

  test('starts where onAssigned says, whatever the group committed', () => startingAt(7, 12));
  test('starts at the beginning when onAssigned says so, whatever the group committed', () =>
    startingAt('beginning', 12));
  test('starts at the beginning when nothing was committed (B 13)', () => startingAt('committed', 0));
  test('starts at the oldest record when the position is not in the log (G 3.2.3)', () => startingAt(5_000, 0));

  test('commits nothing for a reader that keeps its own positions (G 3.2.3)', () =>
    onStage(contract, async (scene) => {
      const { measurement } = scene.topics;
      await scene.bus.publish(numbered(measurement, 0, 5));
      for (const round of [1, 2]) {
        const seen: BusRecord[] = [];
        const bus = round === 1 ? scene.bus : await scene.reopen();
        await bus.consume({
          topic: measurement,
          group: 'no-commit',
          commit: false,
          onBatch: async ({ records }) => void seen.push(...records),
        });
        await scene.eventually(() => expect(seen).toHaveLength(5));
      }
    }));
}

function assignments(contract: BusContract): void {
  test('waits for a slow restore of each partition before its first batch (G 3.3)', () =>
    onStage(contract, async ({ bus, topics: { measurement }, eventually, timing }) => {
      await Promise.all([0, 1, 2, 3].map((partition) => bus.publish(numbered(measurement, partition, 3))));
      const restored = new Set<number>();
      const early: number[] = [];
      let seen = 0;
      await bus.consume({
        topic: measurement,
        group: 'slow-restore',
        async onAssigned({ partition }) {
          await sleep(Math.min(timing.sessionTimeoutMs, 500) * (1 + partition / 4));
          restored.add(partition);
          return 'beginning';
        },
        async onBatch({ partition, records }) {
          if (!restored.has(partition)) early.push(partition);
          seen += records.length;
        },
      });
      await eventually(() => expect(seen).toBe(12));
      expect(early).toEqual([]);
    }));

  test('tries a restore again when it rejects, and reports it', () =>
    onStage(contract, async ({ bus, topics: { measurement }, eventually, reported }) => {
      await bus.publish(numbered(measurement, 0, 3));
      const failure = new TypeError('the state could not be read');
      let attempts = 0;
      const seen: BusRecord[] = [];
      await bus.consume({
        topic: measurement,
        group: 'failing-restore',
        async onAssigned({ partition }) {
          if (partition === 0 && ++attempts < 3) throw failure;
          return 1;
        },
        onBatch: async ({ records }) => void seen.push(...records),
      });
      await eventually(() => expect(valuesOf(seen)).toEqual(['1', '2']));
      expect(attempts).toBe(3);
      expect(reported.length).toBeGreaterThanOrEqual(2);
    }));

  test('ends with the last batch, then onRevoked, which may still publish', () =>
    onStage(contract, async (scene) => {
      const { measurement, state } = scene.topics;
      await scene.bus.publish(numbered(measurement, 0, 1));
      const events: string[] = [];
      const { bus } = scene;
      await bus.consume({
        topic: measurement,
        group: 'ends',
        async onBatch({ signal }) {
          events.push('batch begins');
          await sleep(100, undefined, { signal }).catch(() => undefined);
          await sleep(50);
          events.push('batch ends');
        },
        async onRevoked(partition) {
          await bus.publish([{ topic: state, partition, key: String(partition), value: text('last state') }]);
          if (partition === 0) events.push('revoked');
        },
      });
      await scene.eventually(() => expect(events).toContain('batch begins'));
      await bus.close();
      expect(events).toEqual(['batch begins', 'batch ends', 'revoked']);
      const kept = await everything(await scene.reopen(), state);
      expect(kept.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
    }));
}

function slowHandlers(contract: BusContract): void {
  test('does not run a handler twice at once, nor lose it, when it takes longer than a session (B 10)', () =>
    onStage(contract, async ({ bus, topics: { measurement }, eventually, timing, quiet }) => {
      await bus.publish(numbered(measurement, 2, 3));
      const batches: string[] = [];
      let running = 0;
      let mostAtOnce = 0;
      const onBatch = async ({ records, isCurrent }: RecordBatch) => {
        mostAtOnce = Math.max(mostAtOnce, ++running);
        await sleep(timing.sessionTimeoutMs * 1.5);
        running--;
        if (isCurrent()) batches.push(...records.map(({ value }) => value!.toString()));
      };
      await bus.consume({ topic: measurement, group: 'slow', onBatch });
      await eventually(() => expect(running).toBe(1));
      await bus.publish(numbered(measurement, 2, 2, 'more '));
      await eventually(() => expect(batches.at(-1)).toBe('more 1'));
      await quiet();
      expect(batches).toEqual(['0', '1', '2', 'more 0', 'more 1']);
      expect(mostAtOnce).toBe(1);
    }));
}
