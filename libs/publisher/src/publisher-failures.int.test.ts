import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refusal, unavailable } from './fault-injection/faulty-bus.js';
import { timeMs, upTo, PublisherRig, valuesOf } from './fault-injection/publisher-rig.js';
import { StreamReader } from './fault-injection/stream-reader.js';

let rig: PublisherRig;
beforeEach(() => {
  rig = new PublisherRig();
  rig.start();
});
afterEach(() => rig.stop());

describe('failures', () => {
  test('that another try can mend are tried again, in order, whether or not the records had arrived', async () => {
    let tries = 0;
    rig.bus.answer = () =>
      (['lose the answer', unavailable(), 'lose the answer', new TypeError('a bug'), 'take'] as const)[tries++] ??
      'take';
    rig.open().write(10);
    expect(await rig.publisher.flush(2_000)).toEqual({ undelivered: 0, spooled: 0 });
    expect(valuesOf(rig.readBack())).toEqual(upTo(10));
    expect(rig.acknowledged.map(({ sequence }) => sequence)).toEqual(upTo(11));
    expect(rig.acknowledged.at(-1)).toEqual({
      producer: 'database/orders-db',
      incarnation: 1,
      sequence: 11,
      points: 1,
    });
    const { failures, retriedRecords, sentRecords, sentPoints, dropped } = rig.publisher.stats();
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
    expect(rig.problems).toEqual(['TEST_BUS_UNAVAILABLE']);
  });

  test('a publish without an answer is given up and tried again', async () => {
    rig.start({ publishTimeoutMs: 20 });
    let tries = 0;
    rig.bus.answer = () => (tries++ < 2 ? 'hang' : 'take');
    rig.open().write(3);
    await rig.publisher.flush(2_000);
    expect(valuesOf(rig.readBack())).toEqual(upTo(3));
    expect(rig.publisher.stats().failures.get('PUBLISH_TIMED_OUT')).toBe(2);
  });

  test('a record that the bus refuses is found, dropped and counted; the others arrive in order', async () => {
    rig.bus.answer = (records) => (records.some((record) => sequenceOf(record.value) === 5) ? refusal() : 'take');
    const { writer, write } = rig.open();
    write(20);
    await rig.publisher.flush(2_000);
    expect(valuesOf(rig.readBack())).toEqual(upTo(20).filter((value) => value !== 4));
    expect(rig.publisher.stats().dropped).toEqual(new Map([['TEST_BUS_REFUSED', 1]]));
    expect(rig.publisher.stats().droppedByProducer).toEqual([
      { producer: 'database/orders-db', incarnation: 1, dropped: 1 },
    ]);
    writer.close(timeMs);
    await rig.publisher.flush(2_000);
    expect(rig.readBack().closed.get('database/orders-db@1')).toBe(1);
  });

  test('a row of bad records does not block the others', async () => {
    rig.bus.answer = (records) =>
      records.some(({ value }) => sequenceOf(value) > 1 && sequenceOf(value) < 30) ? refusal() : 'take';
    const { write } = rig.open();
    write(1);
    await rig.publisher.flush(20);
    write(40);
    await rig.publisher.flush(2_000);
    expect(rig.publisher.stats().dropped).toEqual(new Map([['TEST_BUS_REFUSED', 28]]));
    expect(valuesOf(rig.readBack())).toEqual(upTo(41).slice(28));
  });

  test('a close record counts what was refused right before it', async () => {
    rig.bus.answer = (records) => (records.some((record) => sequenceOf(record.value) === 2) ? refusal() : 'take');
    const { writer, write } = rig.open();
    write(1);
    await rig.publisher.flush(50);
    writer.close(timeMs);
    await rig.publisher.flush(1_000);
    expect(rig.readBack().closed.get('database/orders-db@1')).toBe(1);
  });

  test('a refused dictionary is made good before the next data', async () => {
    let refuse = true;
    rig.bus.answer = (records) =>
      refuse && records.some((record) => sequenceOf(record.value) === 1) ? refusal() : 'take';
    const stock = rig.open('stock-db');
    const { write } = rig.open();
    refuse = false;
    stock.write();
    await rig.publisher.flush(1_000);
    refuse = true;
    write();
    stock.write();
    await rig.publisher.flush(1_000);
    write();
    await rig.publisher.flush(1_000);
    const stream = new StreamReader().readAll(rig.bus.log);
    expect(stream.problems).toHaveLength(1);
    expect(valuesOf(stream)).toEqual([2]);
  });

  test('a record that is too large is dropped also when nothing else waits', async () => {
    rig.bus.answer = () => refusal('TEST_RECORD_TOO_LARGE');
    rig.open().write(1);
    await rig.publisher.flush(1_000);
    expect(rig.publisher.stats().dropped).toEqual(new Map([['TEST_RECORD_TOO_LARGE', 2]]));
    expect(rig.problems).toEqual(['TEST_RECORD_TOO_LARGE', 'TEST_RECORD_TOO_LARGE']);
  });

  test.each([
    ['a missing topic', refusal('TEST_TOPIC_UNKNOWN')],
    ['a wrong password', refusal('TEST_AUTH_FAILED', 'connection')],
  ])('%s refuses every record, so none is to blame and all wait', async (_what, error) => {
    rig.bus.answer = () => error;
    const { write } = rig.open();
    write(50);
    expect(await rig.publisher.flush(100)).toEqual({ undelivered: 51, spooled: 0 });
    expect(rig.publisher.stats().dropped.size).toBe(0);
    expect(Math.max(...rig.bus.publishes.slice(0, 20).map((records) => records.length))).toBe(51);
    rig.bus.answer = () => 'take';
    await rig.publisher.flush(1_000);
    expect(valuesOf(rig.readBack())).toEqual(upTo(50));
  });
});

function sequenceOf(value: Buffer | null): number {
  return (JSON.parse(value!.toString()) as { q: number }).q;
}
