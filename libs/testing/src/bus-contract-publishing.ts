import { partitionOf, type NewRecord, type Position } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { everything, numbered, onStage, partitions, rejectionOf, text } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

export function publishingContract(contract: BusContract): void {
  describe('publishing', () => {
    test('keeps the order of each key under concurrent publishes (B 17)', () =>
      onStage(contract, async ({ bus, topics: { measurement } }) => {
        const keys = Array.from({ length: 9 }, (_, nth) => `entity-${nth}`);
        const calls = Array.from({ length: 60 }, (_, call) =>
          bus.publish(keys.map((key) => ({ topic: measurement, key, value: text(`${key} ${call}`) }))),
        );
        await Promise.all(calls);
        const records = await everything(bus, measurement);
        expect(records).toHaveLength(540);
        for (const key of keys) {
          const inOrder = records.filter((record) => record.key === key).map(({ value }) => value!.toString());
          expect(inOrder).toEqual(Array.from({ length: 60 }, (_, call) => `${key} ${call}`));
        }
      }));

    test('answers with the position of each record, in the order of the call', () =>
      onStage(contract, async ({ bus, topics: { measurement, target } }) => {
        const records: NewRecord[] = Array.from({ length: 120 }, (_, nth) => ({
          topic: nth % 3 === 0 ? target : measurement,
          key: `key-${nth}`,
          value: text(`value ${nth}`),
        }));
        const positions = await bus.publish(records);
        const found = new Map<string, string>();
        for (const topic of [measurement, target]) {
          for (const record of await everything(bus, topic)) found.set(placeOf(record), record.value!.toString());
        }
        expect(positions.map((position) => found.get(placeOf(position)))).toEqual(
          records.map(({ value }) => value!.toString()),
        );
        expect(new Set(positions.map(placeOf)).size).toBe(120);
        expect(await bus.publish([])).toEqual([]);
      }));

    test('counts offsets of a partition from 0 without holes', () =>
      onStage(contract, async ({ bus, topics: { measurement } }) => {
        const [first] = await bus.publish(numbered(measurement, 2, 1));
        const rest = await bus.publish(numbered(measurement, 2, 70));
        expect([first!, ...rest].map(({ offset }) => offset)).toEqual(Array.from({ length: 71 }, (_, nth) => nth));
      }));

    test('chooses the partition by murmur2 of the key, or takes the one that is named', () =>
      onStage(contract, async ({ bus, topics: { measurement, state } }) => {
        expect(await bus.partitionCount(measurement)).toBe(partitions);
        const keys = ['orders-db', 'checkout', 'Zürich', 'a/b', '数据库', ''];
        const byKey = await bus.publish(keys.map((key) => ({ topic: measurement, key, value: text('x') })));
        expect(byKey.map(({ partition }) => partition)).toEqual(keys.map((key) => partitionOf(key, partitions)));
        const named = await bus.publish(
          [3, 0, 2].map((partition) => ({ topic: state, partition, key: '1', value: text('x') })),
        );
        expect(named.map(({ partition }) => partition)).toEqual([3, 0, 2]);
      }));

    test('brings back keys, headers, tombstones and bytes as they were (B 21, 24)', () =>
      onStage(contract, async ({ bus, topics: { target } }) => {
        const bytes = Buffer.from(Array.from({ length: 512 }, (_, nth) => nth % 256));
        const headers = { 'content-type': 'application/json', städte: 'Zürich → 東京', empty: '' };
        const startedAt = Date.now();
        await bus.publish([
          { topic: target, partition: 1, key: 'naïve key', value: bytes, headers },
          { topic: target, partition: 1, key: 'gone', value: null },
          { topic: target, partition: 1, key: 'empty', value: Buffer.alloc(0), headers: {} },
        ]);
        const [first, gone, empty] = await everything(bus, target);
        expect(first).toMatchObject({ topic: target, partition: 1, offset: 0, key: 'naïve key', headers });
        expect(Buffer.compare(first!.value!, bytes)).toBe(0);
        expect(gone).toMatchObject({ offset: 1, key: 'gone', value: null, headers: {} });
        expect(empty!.value).toHaveLength(0);
        expect(first!.timestampMs).toBeGreaterThanOrEqual(startedAt - 1);
        expect(first!.timestampMs).toBeLessThanOrEqual(Date.now() + 1);
      }));

    test('shares no memory between publisher and readers', () =>
      onStage(contract, async ({ bus, topics: { measurement } }) => {
        const value = text('original');
        await bus.publish([{ topic: measurement, partition: 0, key: 'k', value }]);
        value.fill('!');
        const [first] = await everything(bus, measurement);
        expect(first!.value!.toString()).toBe('original');
        first!.value!.fill('?');
        const [second] = await everything(bus, measurement);
        expect(second!.value!.toString()).toBe('original');
      }));

    refusals(contract);
    endings(contract);
  });
}

function refusals(contract: BusContract): void {
  test('takes a record as large as its topic allows, and refuses one above by name and size', () =>
    onStage(contract, async ({ bus, topics: { measurement, state } }) => {
      const large = Buffer.alloc(7 * 1024 * 1024, 'x');
      const [position] = await bus.publish([{ topic: state, partition: 0, key: '0', value: large }]);
      expect(position).toEqual({ topic: state, partition: 0, offset: 0 });

      const refused = await rejectionOf(bus.publish([{ topic: measurement, key: 'k', value: large }]));
      expect(refused).toMatchObject({ code: expect.any(String), retryable: false });
      expect(refused.message).toContain(measurement);
      expect(refused.message).toMatch(/73400\d\d/);
      // The next one is none the worse for it.
      await bus.publish([{ topic: measurement, key: 'k', value: text('small') }]);
    }));

  test('refuses a topic and a partition that are not there (B 14)', () =>
    onStage(contract, async ({ bus, topics: { measurement } }) => {
      const missing = `${measurement}.misspelt`;
      const noTopic = await rejectionOf(bus.publish([{ topic: missing, key: 'k', value: null }]));
      expect(noTopic).toMatchObject({ code: expect.any(String), message: expect.stringContaining(missing) });
      const onBatch = () => Promise.resolve();
      for (const use of [
        () => bus.partitionCount(missing),
        () => bus.readToEnd(missing, 0, () => undefined),
        () => bus.publish([{ topic: measurement, partition: partitions, key: 'k', value: null }]),
        () => bus.consume({ topic: missing, group: 'g', onBatch }),
      ]) {
        expect(await rejectionOf(use())).toMatchObject({ code: expect.any(String), retryable: expect.any(Boolean) });
      }
    }));
}

function endings(contract: BusContract): void {
  test('close waits for what was accepted, and nothing is accepted afterwards', () =>
    onStage(contract, async (scene) => {
      const { bus, topics } = scene;
      const { measurement } = topics;
      const publishes = numbered(measurement, 0, 300).map((record) => bus.publish([record]));
      expect(await bus.close()).toEqual({ undelivered: 0 });
      const positions: Position[] = (await Promise.all(publishes)).flat();
      const late = await rejectionOf(bus.publish(numbered(measurement, 0, 1)));
      expect(late).toMatchObject({ code: expect.any(String), retryable: false });
      // A second close is no harm.
      expect(await bus.close()).toEqual({ undelivered: 0 });

      const found = await everything(await scene.reopen(), measurement);
      expect(positions).toHaveLength(300);
      expect(found.map(({ offset }) => offset)).toEqual(positions.map(({ offset }) => offset));
    }));

  if (!contract.timing.obstructs) return;
  test('close says how many records it could not deliver', () =>
    onStage(contract, async ({ bus, topics: { measurement }, store, timing }) => {
      await bus.publish(numbered(measurement, 0, 1));
      await store.obstruct!();
      const settled: string[] = [];
      const publishes = numbered(measurement, 0, 10).map((record) =>
        bus.publish([record]).then(
          () => settled.push('acknowledged'),
          () => settled.push('rejected'),
        ),
      );
      const { undelivered } = await bus.close();
      await Promise.race([Promise.all(publishes), new Promise((resolve) => setTimeout(resolve, timing.patienceMs))]);
      expect(undelivered).toBe(10);
      expect(settled).toEqual(Array(10).fill('rejected'));
    }));
}

function placeOf({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`;
}
