import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unavailable } from './fault-injection/faulty-bus.js';
import { timeMs, upTo, PublisherRig, valuesOf } from './fault-injection/publisher-rig.js';

let rig: PublisherRig;
beforeEach(() => {
  rig = new PublisherRig();
  rig.start();
});
afterEach(() => rig.stop());

describe('batches', () => {
  test('what is written within the linger goes together, keyed by entity, with the content type', async () => {
    const [orders, stock] = [rig.open('orders-db'), rig.open('stock-db')];
    orders.write(3);
    stock.write(2);
    expect(await rig.publisher.flush(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(rig.bus.publishes.map((records) => records.length)).toEqual([7]);
    expect(new Set(rig.bus.log.map(({ key }) => key))).toEqual(new Set(['orders-db', 'stock-db']));
    expect(rig.bus.log[0]).toMatchObject({
      topic: 'measurement',
      headers: { 'content-type': expect.stringContaining('columns') },
    });
    expect(valuesOf(rig.readBack(), 'stock-db')).toEqual([1, 2]);
  });

  test('the linger ends by itself and early when a batch is full', async () => {
    rig.start({ lingerMs: 60_000, maxBatchRecords: 5 });
    rig.open().write(4);
    await until(() => rig.bus.log.length === 5);
    rig.start({ lingerMs: 60_000, maxBatchRecords: 5 });
    const late = rig.open('late-db');
    late.write(2);
    await new Promise((resolve) => setTimeout(resolve, 10));
    late.write(2);
    await until(() => rig.bus.log.length === 10);
    rig.start({ lingerMs: 1 });
    rig.open().write(1);
    await until(() => rig.bus.log.length === 12);
  });

  test('a flush does not linger', async () => {
    rig.start({ lingerMs: 60_000 });
    rig.open().write(1);
    expect(await rig.publisher.flush(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(rig.bus.log).toHaveLength(2);
  });

  test('one publish is in flight, and batches keep to their limits', async () => {
    let inFlight = 0;
    let most = 0;
    const take = rig.bus.publish.bind(rig.bus);
    rig.bus.publish = async (records) => {
      most = Math.max(most, (inFlight += 1));
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight -= 1;
      return take(records);
    };
    rig.start({ maxBatchRecords: 10, maxBatchBytes: 1_000 });
    const producer = rig.open();
    for (let round = 0; round < 20; round++) {
      producer.write(5);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await rig.publisher.flush(5_000);
    expect(most).toBe(1);
    expect(valuesOf(rig.readBack())).toEqual(upTo(100));
    const sizes = rig.bus.publishes.map((records) => records.reduce((sum, { value }) => sum + value!.length, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(Math.max(...rig.bus.publishes.map((records) => records.length))).toBeLessThanOrEqual(10);
  });
});

describe('memory', () => {
  test('when it is full the oldest values go, never what makes the others readable', async () => {
    rig.start({ maxMemoryBytes: 20_000 });
    rig.bus.answer = () => unavailable();
    const { writer, write } = rig.open();
    write(1_000);
    const { dropped, queuedBytes, queuedRecords } = rig.publisher.stats();
    expect(queuedBytes).toBeLessThanOrEqual(20_000);
    expect(dropped.get('MEMORY_FULL')).toBe(1_001 - queuedRecords);
    rig.bus.answer = () => 'take';
    writer.close(timeMs);
    await rig.publisher.flush(1_000);
    const stream = rig.readBack();
    const values = valuesOf(stream);
    expect(values.at(-1)).toBe(1_000);
    expect(values.length).toBeGreaterThan(50);
    const received = stream.sequences.get('database/orders-db@1')!;
    expect(received.at(-1)).toBe(received.length + stream.closed.get('database/orders-db@1')!);
  });

  test('without an end of the failure, dictionaries do not pile up', async () => {
    let now = timeMs;
    rig.start({ now: () => now });
    rig.bus.answer = () => unavailable();
    const { write } = rig.open();
    for (let pass = 0; pass < 100; pass++) {
      write();
      now += 60_000;
    }
    rig.bus.answer = () => 'take';
    await rig.publisher.flush(1_000);
    expect(rig.bus.log).toHaveLength(101);
  });

  test('the oldest age and the queue are told', async () => {
    let now = timeMs;
    rig.start({ now: () => now });
    rig.bus.answer = () => unavailable();
    rig.open().write(2);
    now += 1_500;
    expect(rig.publisher.stats()).toMatchObject({ queuedRecords: 3, oldestQueuedAgeMs: 1_500, series: 1 });
    rig.bus.answer = () => 'take';
    await rig.publisher.flush(1_000);
    expect(rig.publisher.stats()).toMatchObject({ queuedRecords: 0, queuedBytes: 0, oldestQueuedAgeMs: null });
  });
});

describe('closing', () => {
  test('sends what waits, with a close record for each open writer', async () => {
    rig.open('orders-db').write(2);
    rig.open('stock-db').write(2);
    expect(await rig.publisher.close(1_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(rig.readBack().closed).toEqual(
      new Map([
        ['database/orders-db@1', 0],
        ['database/stock-db@1', 0],
      ]),
    );
  });

  test.each(['hang', unavailable()] as const)(
    'reports what a bus that answers with %s did not take',
    async (answer) => {
      rig.bus.answer = () => answer;
      rig.open().write(4);
      const startedAt = performance.now();
      expect(await rig.publisher.close(50)).toEqual({ undelivered: 6, spooled: 0 });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      expect(rig.publisher.stats().dropped).toEqual(new Map([['UNDELIVERED_AT_CLOSE', 6]]));
      expect(await rig.publisher.close(50)).toEqual({ undelivered: 6, spooled: 0 });
    },
  );

  test('afterwards nothing opens', async () => {
    await rig.publisher.close(10);
    expect(() => rig.open()).toThrow(expect.objectContaining({ code: 'PUBLISHER_CLOSED' }));
  });
});

describe('identities', () => {
  test('an incarnation is used once, a later one may follow', () => {
    rig.open('orders-db', 5).writer.close(timeMs);
    expect(() => rig.open('orders-db', 5)).toThrow(expect.objectContaining({ code: 'INCARNATION_NOT_NEW' }));
    expect(() => rig.open('orders-db', 4)).toThrow(expect.objectContaining({ code: 'INCARNATION_NOT_NEW' }));
    rig.open('orders-db', 6);
  });

  test.each([
    ['', 1],
    ['orders\n', 1],
    ['orders-db', -1],
    ['orders-db', 0.5],
  ])('%j with incarnation %d is refused', (target, incarnation) => {
    expect(() => rig.open(target, incarnation)).toThrow(expect.objectContaining({ code: 'PRODUCER_INVALID' }));
  });

  test.each<Record<string, string>>([
    { instance: 'a' },
    { 'service-name': 'a' },
    { target: '\ud800' },
    { target: 5 as never },
  ])('labels %j are refused', (labels) => {
    const identity = { producer: 'database/orders-db', entity: 'orders-db', incarnation: 1, labels };
    expect(() => rig.publisher.open(identity)).toThrow(expect.objectContaining({ code: 'PRODUCER_INVALID' }));
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error('It did not come true within a second.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
