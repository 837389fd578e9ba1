import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drain, everything, identitiesOf, SpoolRig } from '../fault-injection/spool-rig.js';
import { droppedOf, newProducer } from '../outgoing.js';
import { openOrphans } from './spool-folders.js';

let rig: SpoolRig;
beforeEach(() => {
  rig = new SpoolRig();
});
afterEach(() => rig.remove());

describe('what is appended', () => {
  test('comes back in order and the same, and leaves nothing behind', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(10);
    await spool.append(records.slice(0, 6));
    expect(spool.unsettled).toBe(6);
    await spool.append(records.slice(6));
    const drained = await drain(spool, { records: 3, bytes: Infinity });
    expect(drained.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
    expect(drained.map(({ kind, sequence, points, timeMs: time }) => [kind, sequence, points, time])).toEqual(
      records.map(({ kind, sequence, points, timeMs: time }) => [kind, sequence, points, time]),
    );
    expect([spool.isEmpty, spool.bytes, spool.unsettled, rig.segmentFiles()]).toEqual([true, 0, 0, []]);
  });

  test('is there at every moment until it is settled', async () => {
    const spool = await rig.open();
    await spool.append(rig.recordsOf(3));
    const head = spool.head(everything);
    for (let look = 0; look < 100; look++) {
      expect(spool.isEmpty).toBe(false);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await head).toHaveLength(4);
  });

  test('stays until it is settled: the head is the same until then', async () => {
    const spool = await rig.open();
    await spool.append(rig.recordsOf(3));
    const first = await spool.head({ records: 2, bytes: Infinity });
    expect(await spool.head({ records: 2, bytes: Infinity })).toEqual(first);
    await spool.advance(1);
    expect((await spool.head({ records: 1, bytes: Infinity }))[0]).toBe(first[1]);
    expect(spool.unsettled).toBe(3);
  });

  test('while the beginning is replayed goes behind it', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(20);
    await spool.append(records.slice(0, 5));
    expect(identitiesOf(await spool.head(everything))).toEqual(identitiesOf(records.slice(0, 5)));
    await spool.append(records.slice(5));
    const drained = await drain(spool);
    expect(drained.filter(({ isCopy }) => !isCopy).map(({ sequence }) => sequence)).toEqual(
      records.map(({ sequence }) => sequence),
    );
  });

  test('reaches over segments, so that a record is never alone while others wait', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(3);
    await spool.append(records.slice(0, 2));
    expect(await spool.head(everything)).toHaveLength(2);
    await spool.advance(1);
    await spool.append(records.slice(2));
    const head = await spool.head(everything);
    expect(head.filter(({ isCopy }) => !isCopy).map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    expect(await spool.head({ records: 2, bytes: Infinity })).toHaveLength(2);
    await spool.advance(head.length);
    expect([spool.isEmpty, spool.unsettled, rig.segmentFiles()]).toEqual([true, 0, []]);
  });

  test('is found by the next process with its identity', async () => {
    const spool = await rig.open();
    const records = rig.recordsOf(5);
    await spool.append(records);
    await spool.head({ records: 2, bytes: Infinity });
    await spool.advance(2);
    const next = await rig.reopen(spool);
    expect(identitiesOf(await drain(next))).toEqual(identitiesOf(records));
  });
});

describe('each segment can be read alone', () => {
  test('it begins with copies of the dictionary records, with the numbers that they had', async () => {
    const spool = await rig.open();
    const orders = rig.recordsOf(4);
    const stock = rig.recordsOf(4, 'database/stock-db');
    await spool.append(orders.slice(0, 3));
    await spool.append(stock.slice(0, 3));
    await spool.head(everything);
    await spool.append([orders[3]!, orders[4]!, stock[3]!, stock[4]!]);
    const drained = identitiesOf(await drain(spool));
    expect(drained.slice(6)).toEqual([
      'database/orders-db#1 dict copy',
      'database/orders-db#4 data',
      'database/orders-db#5 data',
      'database/stock-db#1 dict copy',
      'database/stock-db#4 data',
      'database/stock-db#5 data',
    ]);
    expect(spool.unsettled).toBe(0);
  });
});

describe('a full spool', () => {
  test('drops the oldest segment first and counts its records for their producers', async () => {
    const spool = await rig.open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const orders = rig.recordsOf(200);
    const stock = rig.recordsOf(200, 'database/stock-db');
    for (const [nth, record] of orders.entries()) await spool.append([record, stock[nth]!]);
    expect(spool.bytes).toBeLessThanOrEqual(20_000);
    const kept = await drain(spool);
    for (const name of ['database/orders-db', 'database/stock-db']) {
      const producer = rig.producers.get(name, 'orders-db', 1);
      const sequences = kept
        .filter((record) => record.producer === producer && !record.isCopy)
        .map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from(sequences, (_, nth) => droppedOf(producer) + 1 + nth));
      expect(sequences.at(-1)).toBe(201);
      expect(producer.dropped).toBeGreaterThan(100);
      expect(producer.dictionaryLost).toBe(true);
    }
    expect(rig.counts.dropped.get('SPOOL_OVERFLOW')).toBe(402 - kept.filter(({ isCopy }) => !isCopy).length);
    expect(kept[0]!.kind).toBe('dict');
  });

  test('spares what is being replayed', async () => {
    const spool = await rig.open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const records = rig.recordsOf(200);
    await spool.append(records.slice(0, 3));
    const head = await spool.head(everything);
    for (const record of records.slice(3)) await spool.append([record]);
    expect((await spool.head(everything)).slice(0, 3)).toEqual(head);
  });

  test('tells the next process what it dropped, for the close record that waits', async () => {
    const spool = await rig.open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const records = rig.recordsOf(200);
    const { producer } = records[0]!;
    for (const record of records) await spool.append([record]);
    await spool.append([{ ...records[0]!, kind: 'close', sequence: 202, value: Buffer.alloc(0), dictionary: [] }]);
    const droppedBefore = droppedOf(producer);
    const next = await rig.reopen(spool);
    const kept = await drain(next);
    expect(kept.at(-1)!.kind).toBe('close');
    expect(droppedOf(kept.at(-1)!.producer)).toBe(droppedBefore);
    expect(readdirSync(join(rig.directory, '0'))).toEqual(['lock']);
  });
});

describe('folders', () => {
  test('a process takes the first that no living one has', async () => {
    const [first, second] = [await rig.open(), await rig.open()];
    expect([first.folder, second.folder]).toEqual([join(rig.directory, '0'), join(rig.directory, '1')]);
    await first.close();
    expect((await rig.open()).folder).toBe(first.folder);
  });

  test('those of dead processes are adopted once, those of living ones never, empty ones are left', async () => {
    const [own, alive, dead, empty] = [await rig.open(), await rig.open(), await rig.open(), await rig.open()];
    await alive.append(rig.recordsOf(1));
    const records = rig.recordsOf(3, 'database/stock-db');
    await dead.append(records);
    await dead.close();
    await empty.close();
    const options = rig.options();
    const orphans = await openOrphans(rig.directory, options);
    rig.opened.push(...orphans);
    expect(orphans.map(({ folder }) => folder)).toEqual([dead.folder]);
    expect(await openOrphans(rig.directory, options)).toEqual([]);
    expect(identitiesOf(await drain(orphans[0]!))).toEqual(identitiesOf(records));
    expect(own.isEmpty).toBe(true);
  });

  test('one that can not be used is named', async () => {
    writeFileSync(join(rig.directory, '0'), 'in the way');
    await expect(rig.open()).rejects.toMatchObject({
      code: 'SPOOL_UNAVAILABLE',
      message: expect.stringContaining(join(rig.directory, '0')),
    });
  });
});

test('a producer is the same for its records in the spool and its writer', () => {
  expect(rig.producers.get('a', 'e', 1)).toBe(rig.producers.get('a', 'e', 1));
  expect(rig.producers.get('a', 'e', 2)).toEqual(newProducer('a', 'e', 2));
});
