import type { BusRecord } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { everything, numbered, onStage, text } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

/** What a handler may do wrong. Built-in errors end kafkajs' consumer for good when they reach it. */
const failures: readonly (readonly [string, () => Promise<void>])[] = [
  ['rejects', () => Promise.reject(new Error('not now'))],
  ['meets a TypeError', async () => void (undefined as unknown as { length: number }).length],
  ['meets a RangeError', async () => void Array(-1)],
  [
    'throws at once',
    () => {
      throw new Error('no promise at all');
    },
  ],
  // Code of others does that, and the bus must bear it.
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors
  ['rejects with nothing', () => Promise.reject()],
];

export function failuresContract(contract: BusContract): void {
  describe('a handler that fails', () => {
    test.for(failures)('%s: the whole batch comes again (B 9)', ([, fail]) =>
      onStage(contract, async ({ bus, topics: { measurement }, eventually, quiet }) => {
        await bus.publish(numbered(measurement, 0, 4));
        const attempts: number[][] = [];
        await bus.consume({
          topic: measurement,
          group: 'fails',
          onBatch({ records }) {
            attempts.push(records.map(({ offset }) => offset));
            return attempts.length <= 2 ? fail() : Promise.resolve();
          },
        });
        await eventually(() => expect(attempts.length).toBeGreaterThanOrEqual(3));
        await quiet();
        expect(attempts).toEqual([
          [0, 1, 2, 3],
          [0, 1, 2, 3],
          [0, 1, 2, 3],
        ]);
      }),
    );

    test('parks the record that fails always, holds up no other, and never meets it again (B 11)', () =>
      onStage(contract, async (scene) => {
        const { bus, topics, eventually } = scene;
        const { measurement, deadLetter } = topics;
        const poison = Buffer.from([0, 255, 1, 254]);
        await bus.publish([
          ...numbered(measurement, 0, 3, 'a'),
          { topic: measurement, partition: 0, key: 'poisoned', value: poison, headers: { 'content-type': 'x/y' } },
          ...numbered(measurement, 0, 3, 'b'),
          ...numbered(measurement, 1, 3, 'other '),
        ]);
        const handled = new Set<string>();
        const isPoison = ({ key }: BusRecord) => key === 'poisoned';
        const options = {
          topic: measurement,
          group: 'parks',
          maxAttempts: 3,
          async onBatch({ records }: { records: readonly BusRecord[] }) {
            if (records.some(isPoison)) throw new TypeError('cannot read this');
            for (const { value } of records) handled.add(value!.toString());
          },
        };
        await bus.consume(options);
        await eventually(() => expect(handled.size).toBe(9));
        expect([...handled].slice(-3)).toEqual(['b0', 'b1', 'b2']);

        const letters = await everything(bus, deadLetter);
        expect(letters).toHaveLength(1);
        expect(letters[0]).toMatchObject({
          key: `${measurement}/0/3`,
          value: poison,
          headers: {
            'original.content-type': 'x/y',
            'dead-letter.topic': measurement,
            'dead-letter.partition': '0',
            'dead-letter.offset': '3',
            'dead-letter.key': 'poisoned',
            'dead-letter.code': 'handler_failed',
            'dead-letter.detail': 'TypeError',
          },
        });

        const again = await scene.reopen();
        let met = 0;
        await again.consume({ ...options, onBatch: async ({ records }) => void (met += records.length) });
        await again.publish([{ topic: measurement, partition: 0, key: 'k', value: text('last') }]);
        await eventually(() => expect(met).toBe(1));
        await scene.quiet();
        expect(met).toBe(1);
      }));

    test('does not hold up the other partitions while it is tried again', () =>
      onStage(contract, async ({ bus, topics: { measurement, deadLetter }, eventually }) => {
        await bus.publish([
          ...numbered(measurement, 0, 1),
          ...numbered(measurement, 1, 20),
          ...numbered(measurement, 2, 20),
        ]);
        let others = 0;
        let tries = 0;
        await bus.consume({
          topic: measurement,
          group: 'holds-up-none',
          maxAttempts: 1_000,
          async onBatch({ partition, records }) {
            if (partition !== 0) return void (others += records.length);
            tries++;
            throw new Error('the database is away');
          },
        });
        await eventually(() => expect(others).toBe(40));
        await eventually(() => expect(tries).toBeGreaterThanOrEqual(2));
        expect(await everything(bus, deadLetter)).toEqual([]);
      }));
  });
}
