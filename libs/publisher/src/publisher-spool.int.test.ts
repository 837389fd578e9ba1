import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gauge } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultyBus, refusal, unavailable } from './fault-injection/faulty-bus.js';
import { StreamReader } from './fault-injection/stream-reader.js';
import { createPublisher } from './publisher.js';
import type { PublisherOptions } from './options.js';
import type { Publisher } from './publisher.js';

const timeMs = Date.UTC(2026, 0);
const used = gauge('connections', 'In use.', ['pool']);
const down = () => unavailable();
const up = () => 'take' as const;

let directory: string;
let bus: FaultyBus;
let problems: string[];
const started: Publisher[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'publisher-spool-'));
  bus = new FaultyBus();
  problems = [];
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((publisher) => publisher.close(0)));
  rmSync(directory, { recursive: true });
});

function start(options: Partial<PublisherOptions> = {}, spool: Partial<PublisherOptions['spool']> = {}): Publisher {
  const publisher = createPublisher({
    bus,
    topic: 'measurement',
    lingerMs: 1,
    firstPauseMs: 2,
    maxPauseMs: 10,
    spoolAfterMs: 20,
    onProblem: (error) => problems.push((error as Error).name),
    spool: { directory, ...spool },
    ...options,
  });
  started.push(publisher);
  return publisher;
}

function open(publisher: Publisher, incarnation = 1) {
  const writer = publisher.open({ producer: 'database/orders', entity: 'orders', incarnation, labels: {} });
  let pass = 0;
  return {
    writer,
    write(times = 1, pools = 1) {
      for (let nth = 0; nth < times; nth++) {
        pass += 1;
        for (let pool = 0; pool < pools; pool++)
          writer.point(writer.series('omninode_used', used, [`pool-${pool}`]), pass);
        writer.publish(timeMs + pass);
      }
    },
  };
}

function readBack(records = bus.log): StreamReader {
  const stream = new StreamReader().readAll(records);
  expect(stream.problems).toEqual([]);
  return stream;
}

function valuesOf(stream: StreamReader): number[] {
  return (stream.values.get('omninode_used{pool=pool-0}') ?? []).map(([, slots]) => slots[0]!);
}

const upTo = (last: number) => Array.from({ length: last }, (_, nth) => nth + 1);
const spooled = (publisher: Publisher) =>
  expect.poll(() => publisher.stats().queuedRecords, { timeout: 2_000, interval: 5 }).toBe(0);
const segments = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.segment')) : [];

test('what a failing bus does not take goes to disk and comes back before what is written then, in order', async () => {
  bus.answer = down;
  const publisher = start();
  const { write } = open(publisher);
  for (let round = 0; round < 10; round++) {
    write(10);
    await spooled(publisher);
  }
  expect(publisher.stats()).toMatchObject({ spooledRecords: 101, sentRecords: 0 });
  expect(publisher.stats().spoolBytes).toBeGreaterThan(10_000);
  expect(bus.log).toEqual([]);

  bus.answer = up;
  write(10);
  expect(await publisher.flush(2_000)).toEqual({ undelivered: 0, spooled: 0 });
  expect(valuesOf(readBack())).toEqual(upTo(110));
  expect(publisher.stats().spoolBytes).toBe(0);
  expect(publisher.stats().dropped.size).toBe(0);
  write(5);
  await publisher.flush(2_000);
  expect(valuesOf(readBack())).toEqual(upTo(115));
});

test('a publish that hangs keeps nothing in memory: its batch is spooled too, and sent twice at most', async () => {
  bus.answer = () => 'hang';
  const publisher = start({ publishTimeoutMs: 300 });
  const { write } = open(publisher);
  write(5);
  await new Promise((resolve) => setTimeout(resolve, 40));
  write(5);
  await spooled(publisher);
  expect(bus.publishes).toHaveLength(1);
  bus.answer = up;
  await publisher.flush(2_000);
  expect(valuesOf(readBack())).toEqual(upTo(10));
});

test('what is refused after the spool took it is dropped once', async () => {
  let calls = 0;
  let letGo!: () => void;
  const taken = new Promise<void>((resolve) => (letGo = resolve));
  const answer = bus.publish.bind(bus);
  bus.answer = (records) => (records.some(({ value }) => value!.includes('"q":3,')) ? refusal() : 'take');
  bus.publish = async (records) => {
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
  expect(valuesOf(readBack())).toEqual([1, 3, 4]);
});

test('memory past its half goes to disk at once', async () => {
  bus.answer = () => 'hang';
  const publisher = start({ maxMemoryBytes: 20_000, spoolAfterMs: 60_000, publishTimeoutMs: 500 });
  const { write } = open(publisher);
  for (let round = 0; round < 40; round++) {
    write(10);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(publisher.stats().queuedBytes).toBeLessThan(20_000);
  expect(publisher.stats().spooledRecords).toBeGreaterThan(200);
  expect(publisher.stats().dropped.size).toBe(0);
  bus.answer = up;
  await publisher.flush(5_000);
  expect(valuesOf(readBack())).toEqual(upTo(400));
});

test('a reader that begins with the replay can read all of it', async () => {
  const publisher = start({ dictionaryIntervalMs: 3_600_000 });
  const { write } = open(publisher);
  write(5, 20);
  await publisher.flush(1_000);
  const atOutage = bus.log.length;
  bus.answer = down;
  write(5, 20);
  await spooled(publisher);
  bus.answer = up;
  await publisher.flush(1_000);
  const replay = bus.log.slice(atOutage);
  expect(valuesOf(readBack(replay))).toEqual([6, 7, 8, 9, 10]);
  expect(readBack().duplicates).toBe(1);
});

describe('a process that ends while the bus is down', () => {
  test('leaves all to the next, which sends it before its own, and the close record with it', async () => {
    bus.answer = down;
    const first = start();
    open(first, 1).write(20);
    expect(await first.close(50)).toEqual({ undelivered: 0, spooled: 22 });
    expect(first.stats().dropped.size).toBe(0);

    bus.answer = up;
    const second = start();
    open(second, 2).write(20);
    expect(await second.close(2_000)).toEqual({ undelivered: 0, spooled: 0 });
    const stream = readBack();
    expect(valuesOf(stream)).toEqual([...upTo(20), ...upTo(20)]);
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
    bus.answer = () => 'hang';
    const first = start();
    open(first).write(20);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await first.close(30)).toEqual({ undelivered: 0, spooled: 22 });
  });

  test('the spools of others are sent while the living go on', async () => {
    bus.answer = down;
    const living = start({}, { adoptIntervalMs: 5 });
    await expect.poll(() => existsSync(join(directory, '0', 'lock'))).toBe(true);
    const dying = start();
    open(dying, 1).write(50);
    await dying.close(20);
    const left = readdirSync(directory).filter((folder) => segments(join(directory, folder)).length > 0);
    expect(left).toHaveLength(1);
    bus.answer = up;
    open(living, 2).write(50);
    await expect.poll(() => segments(join(directory, left[0]!)), { timeout: 2_000 }).toEqual([]);
    await living.flush(1_000);
    const stream = readBack();
    expect(stream.sequences.get('database/orders@1')).toEqual(upTo(52));
    expect(stream.sequences.get('database/orders@2')).toEqual(upTo(51));
  });
});

test('what a full spool dropped is in the close record, also when the next process sends it', async () => {
  bus.answer = down;
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

  bus.answer = up;
  const second = start({}, { maxBytes: 40_000 });
  await second.flush(2_000);
  const stream = readBack();
  const received = stream.sequences.get('database/orders@1')!;
  expect(stream.closed.get('database/orders@1')).toBe(received.at(-1)! - received.length);
  expect(valuesOf(stream).at(-1)).toBe(1_000);
});

test('a spool that can not be had is reported once, and memory goes on', async () => {
  writeFileSync(join(directory, 'in-the-way'), '');
  const publisher = start({}, { directory: join(directory, 'in-the-way') });
  open(publisher).write(5);
  await publisher.flush(1_000);
  expect(problems).toEqual(['SPOOL_UNAVAILABLE']);
  expect(publisher.stats().failures.get('SPOOL_UNAVAILABLE')).toBe(1);
  expect(valuesOf(readBack())).toEqual(upTo(5));
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
    await Promise.all(started.splice(0).map((publisher) => publisher.close(0)));
    execFileSync('umount', [join(directory, 'disk')]);
  });

  test('and a full memory drop the oldest, count it, and what comes after the outage is in order', async () => {
    bus.answer = down;
    const options = { maxMemoryBytes: 40_000, spoolAfterMs: 0, spoolRetryMs: 10 };
    const publisher = start(options, { directory: join(directory, 'disk') });
    const { write, writer } = open(publisher);
    for (let round = 0; round < 100; round++) {
      write(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(problems).toContain('SPOOL_WRITE_FAILED');
    expect(publisher.stats().failures.get('SPOOL_WRITE_FAILED')).toBeGreaterThan(0);
    expect(publisher.stats().dropped.get('MEMORY_FULL')).toBeGreaterThan(100);
    expect(publisher.stats().queuedBytes).toBeLessThanOrEqual(40_000);

    bus.answer = up;
    writer.close(timeMs);
    expect(await publisher.flush(5_000)).toEqual({ undelivered: 0, spooled: 0 });
    const stream = readBack();
    const received = stream.sequences.get('database/orders@1')!;
    expect(received.at(-1)).toBe(received.length + stream.closed.get('database/orders@1')!);
    expect(valuesOf(stream).at(-1)).toBe(1_000);
    expect(valuesOf(stream)[0]).toBe(1);
  });
});
