import type { BusRecord } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { numbered, onStage, rejectionOf, text, valuesOf } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

export function compactedContract(contract: BusContract): void {
  describe('readers without a group', () => {
    test('readToEnd sees the latest of each key, tombstones too, and resolves to the end (B 28)', () =>
      onStage(contract, async ({ bus, topics: { memory } }) => {
        const write = (key: string, value: string | null) =>
          bus.publish([{ topic: memory, partition: 1, key, value: value === null ? null : text(value) }]);
        for (let nth = 0; nth < 30; nth++) await write(`key-${nth % 3}`, `value ${nth}`);
        await write('key-1', null);
        const latest = new Map<string, string | null>();
        const read = (record: BusRecord) => latest.set(record.key!, record.value && record.value.toString());
        expect(await bus.readToEnd(memory, 1, read)).toBe(31);
        expect(Object.fromEntries(latest)).toEqual({ 'key-0': 'value 27', 'key-1': null, 'key-2': 'value 29' });
        expect(await bus.readToEnd(memory, 0, () => expect.unreachable())).toBe(0);
        expect([await bus.endOffset(memory, 1), await bus.endOffset(memory, 0)]).toEqual([31, 0]);
      }));

    test('readToEnd stops when its signal aborts, and passes on what its function throws', () =>
      onStage(contract, async ({ bus, topics: { memory } }) => {
        await bus.publish(numbered(memory, 0, 5));
        await expect(bus.readToEnd(memory, 0, () => undefined, AbortSignal.abort())).rejects.toThrow(/abort/i);
        const failure = new TypeError('not readable');
        const throwing = () => {
          throw failure;
        };
        expect((await rejectionOf(bus.readToEnd(memory, 0, throwing))).message).toContain('not readable');
      }));

    test('follow reads what is there, says when it caught up, and goes on', () =>
      onStage(contract, async ({ bus, topics: { summary }, eventually }) => {
        await Promise.all([0, 1, 2].map((partition) => bus.publish(numbered(summary, partition, 40))));
        const seen: BusRecord[] = [];
        const follower = await bus.follow({ topic: summary, onRecord: (record) => void seen.push(record) });
        await follower.caughtUp;
        expect(seen).toHaveLength(120);
        await bus.publish(numbered(summary, 3, 2, 'new '));
        await eventually(() => expect(valuesOf(seen.slice(120))).toEqual(['new 0', 'new 1']));
        for (const partition of [0, 1, 2]) {
          const offsets = seen.filter((record) => record.partition === partition).map(({ offset }) => offset);
          expect(offsets).toEqual(Array.from({ length: 40 }, (_, nth) => nth));
        }
        await follower.close();
        await bus.publish(numbered(summary, 3, 1));
        expect(seen).toHaveLength(122);
      }));

    test('follow takes some partitions, and has caught up at once with empty ones (B 28)', () =>
      onStage(contract, async ({ bus, topics: { summary }, quiet }) => {
        await Promise.all([0, 1, 2].map((partition) => bus.publish(numbered(summary, partition, 3))));
        const seen: BusRecord[] = [];
        const some = { topic: summary, partitions: [1, 3], onRecord: (record: BusRecord) => void seen.push(record) };
        const follower = await bus.follow(some);
        await follower.caughtUp;
        await quiet();
        expect(seen.map(({ partition }) => partition)).toEqual([1, 1, 1]);
      }));

    test('follow reports a record that its function cannot take', () =>
      onStage(contract, async ({ bus, topics: { summary }, eventually }) => {
        await bus.publish(numbered(summary, 0, 3));
        const errors: Error[] = [];
        let failed = false;
        const seen: string[] = [];
        await bus.follow({
          topic: summary,
          onRecord({ value }) {
            if (!failed && value!.toString() === '1') {
              failed = true;
              throw new TypeError('not this one');
            }
            seen.push(value!.toString());
          },
          onError: (error) => errors.push(error),
        });
        await eventually(() => expect(seen).toContain('2'));
        expect(errors.length).toBeGreaterThanOrEqual(1);
      }));
  });
}
