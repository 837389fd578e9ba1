import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refusal, unavailable } from './fault-injection/faulty-bus.js';
import { PublisherRig, timeMs, upTo, valuesOf } from './fault-injection/publisher-rig.js';
import type { PublisherOptions, SpoolSettings } from './options.js';
import type { Publisher } from './publisher.js';

const down = () => unavailable();
const up = () => 'take' as const;

let directory: string;
let rig: PublisherRig;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'publisher-spool-'));
  rig = new PublisherRig();
});
afterEach(async () => {
  await rig.stop();
  rmSync(directory, { recursive: true });
});

function start(options: Partial<PublisherOptions> = {}, spool: Partial<SpoolSettings> = {}): Publisher {
  return rig.start({ lingerMs: 1, spoolAfterMs: 20, spool: { directory, ...spool }, ...options });
}

function open(publisher: Publisher, incarnation = 1) {
  return rig.open('orders', incarnation, publisher);
}

const spooled = (publisher: Publisher) =>
  expect.poll(() => publisher.stats().queuedRecords, { timeout: 2_000, interval: 5 }).toBe(0);
const segments = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.segment')) : [];

test('what a failing bus does not take goes to disk and comes back before what is written then, in order', async () => {
  rig.bus.answer = down;
  const publisher = start();
  const { write } = open(publisher);
  for (let round = 0; round < 10; round++) {
    write(10);
    await spooled(publisher);
  }
  expect(publisher.stats()).toMatchObject({ spooledRecords: 101, sentRecords: 0 });
  expect(publisher.stats().spoolBytes).toBeGreaterThan(10_000);
  expect(rig.bus.log).toEqual([]);

  rig.bus.answer = up;
  write(10);
  expect(await publisher.flush(2_000)).toEqual({ undelivered: 0, spooled: 0 });
  expect(valuesOf(rig.readBack(), 'orders')).toEqual(upTo(110));
  expect(publisher.stats().spoolBytes).toBe(0);
  expect(publisher.stats().dropped.size).toBe(0);
  write(5);
  await publisher.flush(2_000);
  expect(valuesOf(rig.readBack(), 'orders')).toEqual(upTo(115));
});

test('a publish that hangs keeps nothing in memory: its batch is spooled too, and sent twice at most', async () => {
  rig.bus.answer = () => 'hang';
  const publisher = start({ publishTimeoutMs: 300 });
  const { write } = open(publisher);
  write(5);
  await new Promise((resolve) => setTimeout(resolve, 40));
  write(5);
  await spooled(publisher);
  expect(rig.bus.publishes).toHaveLength(1);
  rig.bus.answer = up;
  await publisher.flush(2_000);
  expect(valuesOf(rig.readBack(), 'orders')).toEqual(upTo(10));
});

test('what is refused after the spool took it is dropped once', async () => {
  let calls = 0;
  let letGo!: () => void;
  const taken = new Promise<void>((resolve) => (letGo = resolve));
  const answer = rig.bus.publish.bind(rig.bus);
  rig.bus.answer = (records) => (records.some(({ value }) => value!.includes('"q":3,')) ? refusal() : 'take');
  rig.bus.publish = async (records) => {
    calls += 1;
    if (calls === 1) await taken;
    return answer(records);
  };
  const publisher = start();
  const { write } = open(publisher);
  write(3);
  await expect.poll(() => calls).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 25));
  write(1);
  await spooled(publisher);
  letGo();
  await publisher.flush(2_000);
  expect(publisher.stats().spooledRecords).toBe(5);
  expect(publisher.stats().dropped).toEqual(new Map([['TEST_BUS_REFUSED', 1]]));
  expect(valuesOf(rig.readBack(), 'orders')).toEqual([1, 3, 4]);
});

test('memory past its half goes to disk at once', async () => {
  rig.bus.answer = () => 'hang';
  const publisher = start({ maxMemoryBytes: 20_000, spoolAfterMs: 60_000, publishTimeoutMs: 500 });
  const { write } = open(publisher);
  for (let round = 0; round < 40; round++) {
    write(10);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(publisher.stats().queuedBytes).toBeLessThan(20_000);
  expect(publisher.stats().spooledRecords).toBeGreaterThan(200);
  expect(publisher.stats().dropped.size).toBe(0);
  rig.bus.answer = up;
  await publisher.flush(5_000);
  expect(valuesOf(rig.readBack(), 'orders')).toEqual(upTo(400));
});

test('a reader that begins with the replay can read all of it', async () => {
  const publisher = start({ dictionaryIntervalMs: 3_600_000 });
  const { write } = open(publisher);
  write(5, 20);
  await publisher.flush(1_000);
  const atOutage = rig.bus.log.length;
  rig.bus.answer = down;
  write(5, 20);
  await spooled(publisher);
  rig.bus.answer = up;
  await publisher.flush(1_000);
  const replay = rig.bus.log.slice(atOutage);
  expect(valuesOf(rig.readBack(replay), 'orders')).toEqual([6, 7, 8, 9, 10]);
  expect(rig.readBack().duplicates).toBe(1);
});

describe('a process that ends while the bus is down', () => {
  test('leaves all to the next, which sends it before its own, and the close record with it', async () => {
    rig.bus.answer = down;
    const first = start();
    open(first, 1).write(20);
    expect(await first.close(50)).toEqual({ undelivered: 0, spooled: 22 });
    expect(first.stats().dropped.size).toBe(0);

    rig.bus.answer = up;
    const second = start();
    open(second, 2).write(20);
    expect(await second.close(2_000)).toEqual({ undelivered: 0, spooled: 0 });
    const stream = rig.readBack();
    expect(valuesOf(stream, 'orders')).toEqual([...upTo(20), ...upTo(20)]);
    expect(stream.sequences).toEqual(
      new Map([
        ['database/orders@1', upTo(22)],
        ['database/orders@2', upTo(22)],
      ]),
    );
    expect(stream.closed).toEqual(
      new Map([
        ['database/orders@1', 0],
        ['database/orders@2', 0],
      ]),
    );
  });

  test('while a publish hangs loses nothing either', async () => {
    rig.bus.answer = () => 'hang';
    const first = start();
    open(first).write(20);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await first.close(30)).toEqual({ undelivered: 0, spooled: 22 });
  });

  test('the spools of others are sent while the living go on', async () => {
    rig.bus.answer = down;
    const living = start({}, { adoptIntervalMs: 5 });
    await expect.poll(() => existsSync(join(directory, '0', 'lock'))).toBe(true);
    const dying = start();
    open(dying, 1).write(50);
    await dying.close(20);
    const left = readdirSync(directory).filter((folder) => segments(join(directory, folder)).length > 0);
    expect(left).toHaveLength(1);
    rig.bus.answer = up;
    open(living, 2).write(50);
    await expect.poll(() => segments(join(directory, left[0]!)), { timeout: 2_000 }).toEqual([]);
    await living.flush(1_000);
    const stream = rig.readBack();
    expect(stream.sequences.get('database/orders@1')).toEqual(upTo(52));
    expect(stream.sequences.get('database/orders@2')).toEqual(upTo(51));
  });
});

test('what a full spool dropped is in the close record, also when the next process sends it', async () => {
  rig.bus.answer = down;
  const first = start({ spoolAfterMs: 0 }, { maxBytes: 40_000 });
  const { write } = open(first);
  for (let round = 0; round < 100; round++) {
    write(10);
    await spooled(first);
  }
  expect(await first.close(20)).toMatchObject({ undelivered: 0 });
  const dropped = first.stats().dropped.get('SPOOL_OVERFLOW')!;
  expect(dropped).toBeGreaterThan(100);
  expect(first.stats().droppedByProducer).toEqual([{ producer: 'database/orders', incarnation: 1, dropped }]);

  rig.bus.answer = up;
  const second = start({}, { maxBytes: 40_000 });
  await second.flush(2_000);
  const stream = rig.readBack();
  const received = stream.sequences.get('database/orders@1')!;
  expect(stream.closed.get('database/orders@1')).toBe(received.at(-1)! - received.length);
  expect(valuesOf(stream, 'orders').at(-1)).toBe(1_000);
});

test('a spool that can not be had is reported once, and memory goes on', async () => {
  writeFileSync(join(directory, 'in-the-way'), '');
  const publisher = start({}, { directory: join(directory, 'in-the-way') });
  open(publisher).write(5);
  await publisher.flush(1_000);
  expect(rig.problems).toEqual(['SPOOL_UNAVAILABLE']);
  expect(publisher.stats().failures.get('SPOOL_UNAVAILABLE')).toBe(1);
  expect(valuesOf(rig.readBack(), 'orders')).toEqual(upTo(5));
});

describe('a full disk', () => {
  beforeEach((context) => {
    mkdirSync(join(directory, 'disk'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', join(directory, 'disk')], { stdio: 'pipe' });
    } catch (error) {
      context.skip(`a tmpfs can't be mounted here; run the test as root with the right to mount (${String(error)})`);
    }
  });
  afterEach(async () => {
    await rig.stop();
    execFileSync('umount', [join(directory, 'disk')]);
  });

  test('and a full memory drop the oldest, count it, and what comes after the outage is in order', async () => {
    rig.bus.answer = down;
    const options = { maxMemoryBytes: 40_000, spoolAfterMs: 0, spoolRetryMs: 10 };
    const publisher = start(options, { directory: join(directory, 'disk') });
    const { write, writer } = open(publisher);
    for (let round = 0; round < 100; round++) {
      write(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(rig.problems).toContain('SPOOL_WRITE_FAILED');
    expect(publisher.stats().failures.get('SPOOL_WRITE_FAILED')).toBeGreaterThan(0);
    expect(publisher.stats().dropped.get('MEMORY_FULL')).toBeGreaterThan(100);
    expect(publisher.stats().queuedBytes).toBeLessThanOrEqual(40_000);

    rig.bus.answer = up;
    writer.close(timeMs);
    expect(await publisher.flush(5_000)).toEqual({ undelivered: 0, spooled: 0 });
    const stream = rig.readBack();
    const received = stream.sequences.get('database/orders@1')!;
    expect(received.at(-1)).toBe(received.length + stream.closed.get('database/orders@1')!);
    expect(valuesOf(stream, 'orders').at(-1)).toBe(1_000);
    expect(valuesOf(stream, 'orders')[0]).toBe(1);
  });
});
