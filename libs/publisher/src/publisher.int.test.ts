import { gauge } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultyBus, refusal, unavailable } from './fault-injection/faulty-bus.js';
import { StreamReader } from './fault-injection/stream-reader.js';
import { createPublisher } from './publisher.js';
import type { AcknowledgedRecord, PublisherOptions } from './options.js';
import type { Publisher } from './publisher.js';

const timeMs = Date.UTC(2026, 0);
const used = gauge('connections', 'In use.', ['pool']);

let bus: FaultyBus;
let publisher: Publisher;
const started: Publisher[] = [];
let acknowledged: AcknowledgedRecord[];
let problems: string[];

beforeEach(() => {
  bus = new FaultyBus();
  start();
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.close(0);
});

function start(options: Partial<PublisherOptions> = {}): void {
  const log: AcknowledgedRecord[] = (acknowledged = []);
  problems = [];
  publisher = createPublisher({
    bus,
    topic: 'measurement',
    lingerMs: 5,
    firstPauseMs: 2,
    maxPauseMs: 10,
    onAcknowledged: (record) => log.push(record),
    onProblem: (error) => problems.push((error as Error).name),
    ...options,
  });
  started.push(publisher);
}

function open(target = 'orders-db', incarnation = 1) {
  const identity = { producer: `database/${target}`, entity: target, incarnation, labels: { target } };
  const writer = publisher.open(identity);
  let pass = 0;
  return {
    writer,
    write(times = 1) {
      for (let nth = 0; nth < times; nth++) {
        writer.point(writer.series('omninode_used', used, ['a']), (pass += 1));
        writer.publish(timeMs + pass);
      }
    },
  };
}

function readBack(): StreamReader {
  const stream = new StreamReader().readAll(bus.log);
  expect(stream.problems).toEqual([]);
  return stream;
}

const valuesOf = (stream: StreamReader, target = 'orders-db') =>
  (stream.values.get(`omninode_used{target=${target},pool=a}`) ?? []).map(([, slots]) => slots[0]);
const upTo = (last: number) => Array.from({ length: last }, (_, nth) => nth + 1);

describe('batches', () => {
  test('what is written within the linger goes together, keyed by entity, with the content type', async () => {
    const [orders, stock] = [open('orders-db'), open('stock-db')];
    orders.write(3);
    stock.write(2);
    expect(await publisher.flush(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(bus.publishes.map((records) => records.length)).toEqual([7]);
    expect(new Set(bus.log.map(({ key }) => key))).toEqual(new Set(['orders-db', 'stock-db']));
    expect(bus.log[0]).toMatchObject({
      topic: 'measurement',
      headers: { 'content-type': expect.stringContaining('columns') },
    });
    expect(valuesOf(readBack(), 'stock-db')).toEqual([1, 2]);
  });

  test('the linger ends by itself and early when a batch is full', async () => {
    start({ lingerMs: 60_000, maxBatchRecords: 5 });
    open().write(4);
    await until(() => bus.log.length === 5);
    start({ lingerMs: 60_000, maxBatchRecords: 5 });
    const late = open('late-db');
    late.write(2);
    await new Promise((resolve) => setTimeout(resolve, 10));
    late.write(2);
    await until(() => bus.log.length === 10);
    start({ lingerMs: 1 });
    open().write(1);
    await until(() => bus.log.length === 12);
  });

  test('a flush does not linger', async () => {
    start({ lingerMs: 60_000 });
    open().write(1);
    expect(await publisher.flush(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(bus.log).toHaveLength(2);
  });

  test('one publish is in flight, and batches keep to their limits', async () => {
    let inFlight = 0;
    let most = 0;
    const take = bus.publish.bind(bus);
    bus.publish = async (records) => {
      most = Math.max(most, (inFlight += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight -= 1;
      return take(records);
    };
    start({ maxBatchRecords: 10, maxBatchBytes: 1_000 });
    const producer = open();
    for (let round = 0; round < 20; round++) {
      producer.write(5);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await publisher.flush(5_000);
    expect(most).toBe(1);
    expect(valuesOf(readBack())).toEqual(upTo(100));
    const sizes = bus.publishes.map((records) => records.reduce((sum, { value }) => sum + value!.length, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...bus.publishes.map((records) => records.length))).toBeLessThanOrEqual(10);
  });
});

describe('failures', () => {
  test('that another try can mend are tried again, in order, whether or not the records had arrived', async () => {
    let tries = 0;
    bus.answer = () =>
      (['lose the answer', unavailable(), 'lose the answer', new TypeError('a bug'), 'take'] as const)[tries++] ??
      'take';
    open().write(10);
    expect(await publisher.flush(2_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(valuesOf(readBack())).toEqual(upTo(10));
    expect(acknowledged.map(({ sequence }) => sequence)).toEqual(upTo(11));
    expect(acknowledged.at(-1)).toEqual({ producer: 'database/orders-db', incarnation: 1, sequence: 11, points: 1 });
    const { failures, retriedRecords, sentRecords, sentPoints, dropped } = publisher.stats();
    expect({ failures: [...failures], retriedRecords, sentRecords, sentPoints, dropped: dropped.size }).toEqual({
      failures: [
        ['TEST_BUS_UNAVAILABLE', 3],
        ['UNEXPECTED', 1],
      ],
      retriedRecords: 44,
      sentRecords: 11,
      sentPoints: 10,
      dropped: 0,
    });
    expect(problems).toEqual(['TEST_BUS_UNAVAILABLE']);
  });

  test('a publish without an answer is given up and tried again', async () => {
    start({ publishTimeoutMs: 20 });
    let tries = 0;
    bus.answer = () => (tries++ < 2 ? 'hang' : 'take');
    open().write(3);
    await publisher.flush(2_000);
    expect(valuesOf(readBack())).toEqual(upTo(3));
    expect(publisher.stats().failures.get('PUBLISH_TIMED_OUT')).toBe(2);
  });

  test('a record that the bus refuses is found, dropped and counted; the others arrive in order', async () => {
    bus.answer = (records) => (records.some((record) => sequenceOf(record.value) === 5) ? refusal() : 'take');
    const { writer, write } = open();
    write(20);
    await publisher.flush(2_000);
    expect(valuesOf(readBack())).toEqual(upTo(20).filter((value) => value !== 4));
    expect(publisher.stats().dropped).toEqual(new Map([['TEST_BUS_REFUSED', 1]]));
    expect(publisher.stats().droppedByProducer).toEqual([
      { producer: 'database/orders-db', incarnation: 1, dropped: 1 },
    ]);
    writer.close(timeMs);
    await publisher.flush(2_000);
    expect(readBack().closed.get('database/orders-db@1')).toBe(1);
  });

  test('a close record counts what was refused right before it', async () => {
    bus.answer = (records) => (records.some((record) => sequenceOf(record.value) === 2) ? refusal() : 'take');
    const { writer, write } = open();
    write(1);
    await publisher.flush(50);
    writer.close(timeMs);
    await publisher.flush(1_000);
    expect(readBack().closed.get('database/orders-db@1')).toBe(1);
  });

  test('a refused dictionary is made good before the next data', async () => {
    let refuse = true;
    bus.answer = (records) => (refuse && records.some((record) => sequenceOf(record.value) === 1) ? refusal() : 'take');
    const stock = open('stock-db');
    const { write } = open();
    refuse = false;
    stock.write();
    await publisher.flush(1_000);
    refuse = true;
    write();
    stock.write();
    await publisher.flush(1_000);
    write();
    await publisher.flush(1_000);
    const stream = new StreamReader().readAll(bus.log);
    expect(stream.problems).toHaveLength(1);
    expect(valuesOf(stream)).toEqual([2]);
  });

  test('a record that is too large is dropped also when nothing else waits', async () => {
    bus.answer = () => refusal('TEST_RECORD_TOO_LARGE');
    open().write(1);
    await publisher.flush(1_000);
    expect(publisher.stats().dropped).toEqual(new Map([['TEST_RECORD_TOO_LARGE', 2]]));
    expect(problems).toEqual(['TEST_RECORD_TOO_LARGE', 'TEST_RECORD_TOO_LARGE']);
  });

  test.each([
    ['a missing topic', refusal('TEST_TOPIC_UNKNOWN')],
    ['a wrong password', refusal('TEST_AUTH_FAILED', 'connection')],
  ])('%s refuses every record, so none is to blame and all wait', async (_what, error) => {
    bus.answer = () => error;
    const { write } = open();
    write(50);
    expect(await publisher.flush(100)).toEqual({ undelivered: 51, spooled: 0 });
    expect(publisher.stats().dropped.size).toBe(0);
    expect(Math.max(...bus.publishes.slice(0, 20).map((records) => records.length))).toBe(51);
    bus.answer = () => 'take';
    await publisher.flush(1_000);
    expect(valuesOf(readBack())).toEqual(upTo(50));
  });
});

describe('memory', () => {
  test('when it is full the oldest values go, never what makes the others readable', async () => {
    start({ maxMemoryBytes: 20_000 });
    bus.answer = () => unavailable();
    const { writer, write } = open();
    write(1_000);
    const { dropped, queuedBytes, queuedRecords } = publisher.stats();
    expect(queuedBytes).toBeLessThanOrEqual(20_000);
    expect(dropped.get('MEMORY_FULL')).toBe(1_001 - queuedRecords);
    bus.answer = () => 'take';
    writer.close(timeMs);
    await publisher.flush(1_000);
    const stream = readBack();
    const values = valuesOf(stream);
    expect(values.at(-1)).toBe(1_000);
    expect(values.length).toBeGreaterThan(50);
    const received = stream.sequences.get('database/orders-db@1')!;
    expect(received.at(-1)).toBe(received.length + stream.closed.get('database/orders-db@1')!);
  });

  test('without an end of the failure, dictionaries do not pile up', async () => {
    let now = timeMs;
    start({ now: () => now });
    bus.answer = () => unavailable();
    const { write } = open();
    for (let pass = 0; pass < 100; pass++) {
      write();
      now += 60_000;
    }
    bus.answer = () => 'take';
    await publisher.flush(1_000);
    expect(bus.log).toHaveLength(101);
  });

  test('the oldest age and the queue are told', async () => {
    let now = timeMs;
    start({ now: () => now });
    bus.answer = () => unavailable();
    open().write(2);
    now += 1_500;
    expect(publisher.stats()).toMatchObject({ queuedRecords: 3, oldestQueuedAgeMs: 1_500, series: 1 });
    bus.answer = () => 'take';
    await publisher.flush(1_000);
    expect(publisher.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, oldestQueuedAgeMs: null });
  });
});

describe('closing', () => {
  test('sends what waits, with a close record for each open writer', async () => {
    open('orders-db').write(2);
    open('stock-db').write(2);
    expect(await publisher.close(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(readBack().closed).toEqual(
      new Map([
        ['database/orders-db@1', 0],
        ['database/stock-db@1', 0],
      ]),
    );
  });

  test.each(['hang', unavailable()] as const)(
    'reports what a bus that answers with %s did not take',
    async (answer) => {
      bus.answer = () => answer;
      open().write(4);
      const startedAt = performance.now();
      expect(await publisher.close(50)).toEqual({ undelivered: 6, spooled: 0 });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect(publisher.stats().dropped).toEqual(new Map([['UNDELIVERED_AT_CLOSE', 6]]));
      expect(await publisher.close(50)).toEqual({ undelivered: 6, spooled: 0 });
    },
  );

  test('afterwards nothing opens', async () => {
    await publisher.close(10);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'PUBLISHER_CLOSED' }));
  });
});

describe('identities', () => {
  test('an incarnation is used once, a later one may follow', () => {
    open('orders-db', 5).writer.close(timeMs);
    expect(() => open('orders-db', 5)).toThrow(expect.objectContaining({ code: 'INCARNATION_NOT_NEW' }));
    expect(() => open('orders-db', 4)).toThrow(expect.objectContaining({ code: 'INCARNATION_NOT_NEW' }));
    open('orders-db', 6);
  });

  test.each([
    ['', 1],
    ['orders\n', 1],
    ['orders-db', -1],
    ['orders-db', 0.5],
  ])('%j with incarnation %d is refused', (target, incarnation) => {
    expect(() => open(target, incarnation)).toThrow(expect.objectContaining({ code: 'PRODUCER_INVALID' }));
  });

  test.each<Record<string, string>>([
    { instance: 'a' },
    { 'service-name': 'a' },
    { target: '\ud800' },
    { target: 5 as never },
  ])('labels %j are refused', (labels) => {
    const identity = { producer: 'database/orders-db', entity: 'orders-db', incarnation: 1, labels };
    expect(() => publisher.open(identity)).toThrow(expect.objectContaining({ code: 'PRODUCER_INVALID' }));
  });
});

function sequenceOf(value: Buffer | null): number {
  return (JSON.parse(value!.toString()) as { q: number }).q;
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error('It did not come true within a second.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
