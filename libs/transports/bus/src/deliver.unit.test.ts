import type { BusRecord, NewRecord, RecordBatch } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { deliver, type DeliveryRules } from './deliver.js';

const topic = 'onex.evt.test.measurement.v1';
const deadLetterTopic = 'onex.dlq.test.measurement.v1';

describe('deliver', () => {
  test('hands the batch over once and says how far it came', async () => {
    const { given, advanced, parked, run } = scene(3);
    expect(await run(async () => undefined)).toBe('handled');
    expect(given).toEqual([[0, 1, 2]]);
    expect(advanced).toEqual([3]);
    expect(parked).toEqual([]);
  });

  test('tries the whole batch up to maxAttempts with growing pauses, then one by one, then parks', async () => {
    const { given, advanced, parked, pauses, failures, run } = scene(3, { maxAttempts: 4 });
    const result = await run(({ records }) => {
      if (records.some(({ offset }) => offset === 1)) throw new TypeError('broken');
      return Promise.resolve();
    });
    expect(result).toBe('handled');
    expect(given).toEqual([[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2], [0], [1], [2]]);
    expect(pauses).toEqual([1, 2, 3]);
    expect(advanced).toEqual([1, 2, 3]);
    expect(parked).toHaveLength(1);
    expect(parked[0]).toMatchObject({
      topic: deadLetterTopic,
      key: `${topic}/0/1`,
      headers: { 'dead-letter.code': 'handler_failed', 'dead-letter.detail': 'TypeError' },
    });
    expect(failures).toHaveLength(5);
  });

  test('parks a record that came alone after exactly maxAttempts', async () => {
    const { given, parked, advanced, run } = scene(1, { maxAttempts: 2 });
    await run(() => Promise.reject(new Error('no')));
    expect(given).toEqual([[0], [0]]);
    expect(parked).toHaveLength(1);
    expect(advanced).toEqual([1]);
  });

  test('goes on after a failure that passes', async () => {
    const { given, advanced, parked, run } = scene(2);
    let attempt = 0;
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    await run(() => (++attempt < 3 ? Promise.reject(undefined) : Promise.resolve()));
    expect(given).toHaveLength(3);
    expect(advanced).toEqual([2]);
    expect(parked).toEqual([]);
  });

  test('does not pass a record until its dead letter is acknowledged', async () => {
    let refusals = 2;
    const { advanced, parked, run } = scene(1, {
      maxAttempts: 1,
      publish: async (records) => {
        if (refusals-- > 0) throw new Error('the bus is away');
        parked.push(...records);
        return [];
      },
    });
    expect(await run(() => Promise.reject(new Error('no')))).toBe('handled');
    expect(refusals).toBe(-1);
    expect(parked).toHaveLength(1);
    expect(advanced).toEqual([1]);
  });

  test('parks nothing from the dead-letter topic into itself', async () => {
    const { parked, advanced, run } = scene(2, { maxAttempts: 1, deadLetterTopic: topic });
    expect(await run(() => Promise.reject(new Error('no')))).toBe('handled');
    expect(parked).toEqual([]);
    expect(advanced).toEqual([1, 2]);
  });

  test('lets the result of a lost batch count for nothing', async () => {
    const { advanced, parked, run, lose } = scene(2);
    const result = await run(async () => lose());
    expect(result).toBe('abandoned');
    expect(advanced).toEqual([]);
    expect(parked).toEqual([]);
  });

  test('counts a batch that is handled while its consumer closes, and gives back one that rejects', async () => {
    const handled = scene(2);
    expect(await handled.run(async () => handled.close())).toBe('handled');
    expect(handled.advanced).toEqual([2]);

    const given = scene(2);
    const rejects = () => {
      given.close();
      return Promise.reject(new Error('no time left'));
    };
    expect(await given.run(rejects)).toBe('abandoned');
    expect(given.advanced).toEqual([]);
    expect(given.parked).toEqual([]);
  });

  test('stops between single records when it has to', async () => {
    const { advanced, parked, run, close } = scene(4, { maxAttempts: 1 });
    const result = await run(({ records }) => {
      if (records.length > 1) return Promise.reject(new Error('one of them'));
      if (records[0]!.offset === 1) close();
      return Promise.resolve();
    });
    expect(result).toBe('abandoned');
    expect(advanced).toEqual([1, 2]);
    expect(parked).toEqual([]);
  });

  test('ends a pause when the partition goes', async () => {
    const { run, lose, given } = scene(1, { pauseMs: () => 60_000 });
    const running = run(() => Promise.reject(new Error('no')));
    setTimeout(lose, 10);
    expect(await running).toBe('abandoned');
    expect(given).toHaveLength(1);
  });
});

function scene(count: number, overrides: Partial<DeliveryRules> = {}) {
  const ending = new AbortController();
  let isCurrent = true;
  const given: number[][] = [];
  const advanced: number[] = [];
  const parked: NewRecord[] = [];
  const pauses: number[] = [];
  const failures: unknown[] = [];
  const records = Array.from({ length: count }, (_, offset): BusRecord => ({ ...record, offset }));
  const batch: RecordBatch = {
    topic,
    partition: 0,
    records,
    signal: ending.signal,
    isCurrent: () => isCurrent,
    endOffset: count,
  };
  return {
    given,
    advanced,
    parked,
    pauses,
    failures,
    close: () => ending.abort(),
    lose() {
      isCurrent = false;
      ending.abort();
    },
    run: (onBatch: DeliveryRules['onBatch']) =>
      deliver(batch, {
        onBatch(part) {
          given.push(part.records.map(({ offset }) => offset));
          return onBatch(part);
        },
        publish: async (letters) => {
          parked.push(...letters);
          return [];
        },
        deadLetterTopic,
        advance: (nextOffset) => void advanced.push(nextOffset),
        onFailure: (error) => failures.push(error),
        pauseMs(attempt) {
          pauses.push(attempt);
          return 0;
        },
        ...overrides,
      }),
  };
}

const record = { topic, partition: 0, offset: 0, key: 'k', value: Buffer.from('v'), headers: {}, timestampMs: 1 };
