import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type Bus, type BusConsumer, type CodedError } from '@omninode/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openEmbeddedBus, type EmbeddedBusOptions } from './embedded-bus.js';

const { measurement, alert, memory } = topicNames();
let folder: string;
let bus: Bus;
let errors: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-embedded-'));
  errors = [];
});
afterEach(async () => {
  await bus.close();
  rmSync(folder, { recursive: true, force: true });
});

test('takes the bytes at the call: the caller may use its buffer again at once', async () => {
  await open();
  const value = Buffer.from('original');
  const published = bus.publish([{ topic: measurement, partition: 0, key: 'k', value }]);
  value.fill('!');
  await published;
  const found: string[] = [];
  await bus.readToEnd(measurement, 0, (record) => found.push(record.value!.toString()));
  expect(found).toEqual(['original']);
});

test('splits a large publish, so that timers run in between, and keeps its order', async () => {
  await open();
  let ticks = 0;
  let running = true;
  const tick = () => {
    ticks++;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  const positions = await bus.publish(
    Array.from({ length: 1_000 }, (_, nth) => ({
      topic: measurement,
      partition: 0,
      key: 'k',
      value: Buffer.from(`${nth}`),
    })),
  );
  running = false;
  expect(positions.map(({ offset }) => offset)).toEqual(Array.from({ length: 1_000 }, (_, nth) => nth));
  // 50 records a transaction.
  expect(ticks).toBeGreaterThanOrEqual(19);
});

test('writes nothing of a publish that has one record which can not be taken', async () => {
  await open();
  const good = { topic: measurement, partition: 0, key: 'k', value: Buffer.from('v') };
  await expect(bus.publish([good, { ...good, partition: 9 }])).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' });
  await expect(bus.publish([good, { ...good, partition: -1 }])).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' });
  await expect(bus.publish([good, { ...good, partition: 0.5 }])).rejects.toMatchObject({ code: 'PARTITION_UNKNOWN' });
  expect(await bus.readToEnd(measurement, 0, () => undefined)).toBe(0);
});

test('counts key and headers into the size of a record', async () => {
  await open();
  const value = Buffer.alloc(1024 * 1024 - 20);
  await bus.publish([{ topic: measurement, key: 'k', value }]);
  const headers = { 'content-type': 'application/json' };
  await expect(bus.publish([{ topic: measurement, key: 'k', value, headers }])).rejects.toMatchObject({
    code: 'RECORD_TOO_LARGE',
    message: expect.stringContaining('1048576'),
  });
});

test('refuses publishes above what may wait, with a code that says to try again', async () => {
  await open({ maxQueuedBytes: 100_000 });
  const record = { topic: measurement, key: 'k', value: Buffer.alloc(60_000) };
  const first = bus.publish([record]);
  await expect(bus.publish([record])).rejects.toMatchObject({ code: 'PUBLISH_QUEUE_FULL', retryable: true });
  await first;
  await bus.publish([record]);
  // Larger than the queue, and alone: it could never be sent otherwise.
  await bus.publish([record, record, record]);
});

test('close does not wait for ever for a handler, says so, and its records come again', async () => {
  await open({ closeDeadlineMs: 200 });
  await bus.publish([{ topic: measurement, partition: 0, key: 'k', value: null }]);
  const begun = Promise.withResolvers<void>();
  const hung = Promise.withResolvers<void>();
  await bus.consume({
    topic: measurement,
    group: 'g',
    onBatch() {
      begun.resolve();
      return hung.promise;
    },
  });
  await begun.promise;
  const startedAt = performance.now();
  expect(await bus.close()).toEqual({ undelivered: 0 });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(errors).toMatchObject([{ code: 'CLOSE_TIMED_OUT' }]);
  // Too late: this may touch nothing any more, and must not end the process.
  hung.resolve();
  await sleep(20);

  await open();
  let seen = 0;
  await bus.consume({ topic: measurement, group: 'g', onBatch: async ({ records }) => void (seen += records.length) });
  await vi.waitFor(() => expect(seen).toBe(1));
});

test('shares four partitions among three members and gives the rest nothing', async () => {
  await open();
  const onBatch = async () => undefined;
  const members: BusConsumer[] = [];
  for (let nth = 0; nth < 5; nth++) members.push(await bus.consume({ topic: measurement, group: 'g', onBatch }));
  const counts = () => members.map(({ assigned }) => assigned.length).sort();
  await vi.waitFor(() => expect(counts()).toEqual([0, 1, 1, 1, 1]));
  await members[0]!.close();
  await members[4]!.close();
  await vi.waitFor(() => expect(counts()).toEqual([0, 0, 1, 1, 2]));
  expect(members.flatMap(({ assigned }) => assigned).sort()).toEqual([0, 1, 2, 3]);
});

test('leaves partitions where they are when a member joins, except for those that move', async () => {
  await open();
  const assigned: string[] = [];
  const joinAs = (name: string) =>
    bus.consume({
      topic: measurement,
      group: 'g',
      async onAssigned({ partition }) {
        assigned.push(`${name} ${partition}`);
        return 'committed';
      },
      onBatch: async () => undefined,
    });
  await joinAs('a');
  await vi.waitFor(() => expect(assigned).toHaveLength(4));
  await joinAs('b');
  await vi.waitFor(() => expect(assigned).toHaveLength(6));
  expect(assigned.slice(4).every((each) => each.startsWith('b'))).toBe(true);
});

test('says when a position is not in the log, and not when compaction only left a gap', async () => {
  await open({ sweepEveryMs: 5 });
  const write = (topic: string, count: number) =>
    bus.publish(Array.from({ length: count }, () => ({ topic, partition: 0, key: 'k', value: Buffer.from('v') })));
  await write(memory, 10);
  await write(alert, 2);
  await vi.waitFor(async () => {
    const left: number[] = [];
    await bus.readToEnd(memory, 0, ({ offset }) => left.push(offset));
    expect(left).toEqual([9]);
  });
  const seen: string[] = [];
  const startAt = (topic: string, offset: number) =>
    bus.consume({
      topic,
      group: 'g',
      commit: false,
      onAssigned: async ({ partition }) => (partition === 0 ? offset : 'beginning'),
      onBatch: async ({ records }) => void seen.push(...records.map((each) => `${topic} ${each.offset}`)),
    });
  await startAt(memory, 3);
  await startAt(alert, 1_000);
  await vi.waitFor(() => expect(seen.sort()).toEqual([`${alert} 0`, `${alert} 1`, `${memory} 9`]));
  expect(errors).toMatchObject([
    { code: 'START_OUT_OF_RANGE', message: expect.stringContaining(`${alert}/0 at offset 1000`) },
  ]);
});

test('an ended follower and reader are told by a code', async () => {
  await open();
  await bus.publish(
    Array.from({ length: 2_000 }, () => ({ topic: memory, partition: 0, key: 'k', value: Buffer.alloc(500) })),
  );
  const follower = await bus.follow({ topic: memory, onRecord: () => undefined });
  const read = bus.readToEnd(memory, 0, () => undefined);
  const failed = read.catch((error: CodedError) => error.code);
  await Promise.all([follower.close(), bus.close()]);
  await expect(follower.caughtUp).rejects.toMatchObject({ code: 'BUS_CLOSED' });
  expect(await failed).toBe('BUS_CLOSED');
});

async function open(options: Partial<EmbeddedBusOptions> = {}): Promise<void> {
  bus = openEmbeddedBus({ folder, onError: (error) => errors.push(error), ...options });
  await bus.prepareTopics();
}
