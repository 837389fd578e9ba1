import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames, type Bus, type BusRecord } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbeddedBus, type EmbeddedBusOptions } from './embedded-bus.js';

const { measurement, memory, alert, rollup } = topicNames();
const hourMs = 3_600_000;
let folder: string;
let bus: Bus;
let timeMs: number;
let errors: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-sweep-'));
  timeMs = Date.UTC(2026, 0);
  errors = [];
});
afterEach(async () => {
  await bus.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('retention', () => {
  test('removes what is older than its topic keeps it, and offsets go on', async () => {
    await open();
    await write(measurement, 'old', 250);
    timeMs += 23 * hourMs;
    await write(measurement, 'young', 3);
    timeMs += 2 * hourMs;
    await eventually(async () => expect((await read(measurement)).map(keyOf)).toEqual(['young', 'young', 'young']));
    timeMs += 48 * hourMs;
    await eventually(async () => expect(await read(measurement)).toEqual([]));
    await bus.close();
    await open();
    const [position] = await bus.publish([{ topic: measurement, partition: 0, key: 'next', value: null }]);
    expect(position!.offset).toBe(253);
  });

  test('removes the oldest records of a partition that is too large', async () => {
    await open({ retentionBytes: 10_000 });
    await write(measurement, 'key', 30, 1_000);
    await eventually(async () => {
      const left = await read(measurement);
      expect(left.length).toBe(9);
      expect(left.at(-1)!.offset).toBe(29);
    });
    // What the file counts is what is there: the limit still holds after another round.
    await write(measurement, 'key', 30, 1_000);
    await eventually(async () => expect((await read(measurement)).map(({ offset }) => offset)[0]).toBe(51));
    expect(await read(measurement)).toHaveLength(9);
  });

  test('keeps a group going whose position was removed', async () => {
    await open();
    await write(measurement, 'old', 10);
    const seen: BusRecord[] = [];
    const options = {
      topic: measurement,
      group: 'late',
      onBatch: async (batch: { records: readonly BusRecord[] }) => void seen.push(...batch.records),
    };
    const consumer = await bus.consume(options);
    await eventually(() => expect(seen).toHaveLength(10));
    await consumer.close();
    await write(measurement, 'missed', 5);
    timeMs += 25 * hourMs;
    await eventually(async () => expect(await read(measurement)).toEqual([]));
    await bus.consume(options);
    await write(measurement, 'new', 1);
    await eventually(() => expect(seen.map(keyOf).slice(10)).toEqual(['new']));
    expect(seen.at(-1)!.offset).toBe(15);
    expect(errors).toMatchObject([{ code: 'START_OUT_OF_RANGE' }]);
  });
});

describe('compaction', () => {
  test('keeps the latest of each key, also over more than one step', async () => {
    await open();
    for (let round = 0; round < 40; round++) {
      for (let key = 0; key < 10; key++) await write(memory, `key-${key}`, 1, round);
    }
    await eventually(async () => expect(await read(memory)).toHaveLength(10));
    expect((await read(memory)).map(({ offset, value }) => [offset, value!.length])).toEqual(
      Array.from({ length: 10 }, (_, key) => [390 + key, 39]),
    );
    // What readers rely on is unchanged by the gaps.
    expect(await bus.readToEnd(memory, 0, () => undefined)).toBe(400);
    await write(memory, 'key-0', 1);
    await eventually(async () => expect((await read(memory)).map(({ offset }) => offset)).not.toContain(390));
  });

  test('keeps a tombstone for a day after it removed its key', async () => {
    await open();
    await write(memory, 'gone', 3);
    await write(memory, 'stays', 1);
    await bus.publish([{ topic: memory, partition: 0, key: 'gone', value: null }]);
    await eventually(async () =>
      expect((await read(memory)).map(({ key, value }) => [key, value === null])).toEqual([
        ['stays', false],
        ['gone', true],
      ]),
    );
    timeMs += 23 * hourMs;
    await settled();
    expect(await read(memory)).toHaveLength(2);
    timeMs += 2 * hourMs;
    await eventually(async () => expect((await read(memory)).map(keyOf)).toEqual(['stays']));
  });

  test('leaves records alone that are younger than the lag of their topic', async () => {
    await open();
    await write(alert, 'fingerprint', 3);
    timeMs += 6 * 24 * hourMs;
    await write(alert, 'fingerprint', 1);
    await settled();
    expect(await read(alert)).toHaveLength(4);
    timeMs += 2 * 24 * hourMs;
    await eventually(async () => expect((await read(alert)).map(({ offset }) => offset)).toEqual([2, 3]));
  });

  test('goes along with retention where a topic has both', async () => {
    await open();
    await write(rollup, 'hour', 2);
    await eventually(async () => expect((await read(rollup)).map(({ offset }) => offset)).toEqual([1]));
    timeMs += 31 * 24 * hourMs;
    await eventually(async () => expect(await read(rollup)).toEqual([]));
  });

  test('goes on where it stopped, after a new start', async () => {
    await open();
    await write(memory, 'key', 5);
    await eventually(async () => expect(await read(memory)).toHaveLength(1));
    await bus.close();
    await open();
    await write(memory, 'key', 1);
    await eventually(async () => expect((await read(memory)).map(({ offset }) => offset)).toEqual([5]));
  });
});

async function open(options: Partial<EmbeddedBusOptions> = {}): Promise<void> {
  bus = openEmbeddedBus({
    folder,
    sweepEveryMs: 5,
    nowMs: () => timeMs,
    onError: (error) => errors.push(error),
    ...options,
  });
  await bus.prepareTopics();
}

async function write(topic: string, key: string, count: number, bytes = 5): Promise<void> {
  await bus.publish(Array.from({ length: count }, () => ({ topic, partition: 0, key, value: Buffer.alloc(bytes) })));
}

async function read(topic: string): Promise<BusRecord[]> {
  const records: BusRecord[] = [];
  await bus.readToEnd(topic, 0, (record) => records.push(record));
  return records;
}

function keyOf({ key }: BusRecord): string | null {
  return key;
}

function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 5 });
}

/** Long enough for several sweeps. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 200));
}
