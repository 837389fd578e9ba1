import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gauge } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newCounts } from '../counts.js';
import { droppedOf, newProducer } from '../outgoing.js';
import type { OutgoingRecord } from '../outgoing.js';
import { Producers } from '../producers.js';
import { SeriesTable } from '../series-table.js';
import { Writer } from '../writer.js';
import { openFirstFree, openOrphans } from './spool-folders.js';
import type { Spool } from './spool.js';

const timeMs = Date.UTC(2026, 0);
const used = gauge('connections', 'In use.', ['pool']);
const everything = { records: Infinity, bytes: Infinity };

let directory: string;
let counts: ReturnType<typeof newCounts>;
let producers: Producers;
const opened: Spool[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spool-'));
  counts = newCounts();
  producers = new Producers();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.close()));
  rmSync(directory, { recursive: true });
});

async function open(options: { maxBytes?: number; segmentBytes?: number } = {}): Promise<Spool> {
  const spool = await openFirstFree(directory, {
    maxBytes: 1_000_000,
    segmentBytes: 100_000,
    counts,
    producers,
    now: () => timeMs,
    ...options,
  });
  opened.push(spool);
  return spool;
}

/** Opens as the next process would: its counts and producers are new. */
async function reopen(spool: Spool, options: { maxBytes?: number } = {}): Promise<Spool> {
  await spool.close();
  counts = newCounts();
  producers = new Producers();
  return open(options);
}

/** Records of a real writer: pass n has the value n. */
function recordsOf(passes: number, name = 'database/orders-db', pools = 1): OutgoingRecord[] {
  const records: OutgoingRecord[] = [];
  const table = new SeriesTable({}, 1_000);
  const producer = producers.get(name, 'orders-db', 1);
  const options = { maxRecordBytes: 100_000, dictionaryIntervalMs: 60_000, now: () => timeMs };
  const writer = new Writer(producer, table, (record) => records.push(record), newCounts(), options);
  for (let pass = 1; pass <= passes; pass++) {
    for (let pool = 0; pool < pools; pool++) writer.point(writer.series('omninode_used', used, [`pool-${pool}`]), pass);
    writer.publish(timeMs + pass);
  }
  return records;
}

async function drain(spool: Spool, limit = everything): Promise<OutgoingRecord[]> {
  const drained: OutgoingRecord[] = [];
  while (!spool.isEmpty) {
    const batch = await spool.head(limit);
    drained.push(...batch);
    await spool.advance(batch.length);
  }
  return drained;
}

const identities = (records: readonly OutgoingRecord[]) =>
  records.map(({ producer, sequence, kind, isCopy }) => `${producer.name}#${sequence} ${kind}${isCopy ? ' copy' : ''}`);
const segmentFiles = (folder = '0') => readdirSync(join(directory, folder)).filter((name) => name.endsWith('.segment'));

describe('what is appended', () => {
  test('comes back in order and the same, and leaves nothing behind', async () => {
    const spool = await open();
    const records = recordsOf(10);
    await spool.append(records.slice(0, 6));
    expect(spool.unsettled).toBe(6);
    await spool.append(records.slice(6));
    const drained = await drain(spool, { records: 3, bytes: Infinity });
    expect(drained.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
    expect(drained.map(({ kind, sequence, points, timeMs: time }) => [kind, sequence, points, time])).toEqual(
      records.map(({ kind, sequence, points, timeMs: time }) => [kind, sequence, points, time]),
    );
    expect([spool.isEmpty, spool.bytes, spool.unsettled, segmentFiles()]).toEqual([true, 0, 0, []]);
  });

  test('is there at every moment until it is settled', async () => {
    const spool = await open();
    await spool.append(recordsOf(3));
    const head = spool.head(everything);
    for (let look = 0; look < 100; look++) {
      expect(spool.isEmpty).toBe(false);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await head).toHaveLength(4);
  });

  test('stays until it is settled: the head is the same until then', async () => {
    const spool = await open();
    await spool.append(recordsOf(3));
    const first = await spool.head({ records: 2, bytes: Infinity });
    expect(await spool.head({ records: 2, bytes: Infinity })).toEqual(first);
    await spool.advance(1);
    expect((await spool.head({ records: 1, bytes: Infinity }))[0]).toBe(first[1]);
    expect(spool.unsettled).toBe(3);
  });

  test('while the beginning is replayed goes behind it', async () => {
    const spool = await open();
    const records = recordsOf(20);
    await spool.append(records.slice(0, 5));
    expect(identities(await spool.head(everything))).toEqual(identities(records.slice(0, 5)));
    await spool.append(records.slice(5));
    const drained = await drain(spool);
    expect(drained.filter(({ isCopy }) => !isCopy).map(({ sequence }) => sequence)).toEqual(
      records.map(({ sequence }) => sequence),
    );
  });

  test('reaches over segments, so that a record is never alone while others wait', async () => {
    const spool = await open();
    const records = recordsOf(3);
    await spool.append(records.slice(0, 2));
    expect(await spool.head(everything)).toHaveLength(2);
    await spool.advance(1);
    await spool.append(records.slice(2));
    const head = await spool.head(everything);
    expect(head.filter(({ isCopy }) => !isCopy).map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
    expect(await spool.head({ records: 2, bytes: Infinity })).toHaveLength(2);
    await spool.advance(head.length);
    expect([spool.isEmpty, spool.unsettled, segmentFiles()]).toEqual([true, 0, []]);
  });

  test('is found by the next process with its identity', async () => {
    const spool = await open();
    const records = recordsOf(5);
    await spool.append(records);
    await spool.head({ records: 2, bytes: Infinity });
    await spool.advance(2);
    const next = await reopen(spool);
    expect(identities(await drain(next))).toEqual(identities(records));
  });
});

describe('each segment can be read alone', () => {
  test('it begins with copies of the dictionary records, with the numbers that they had', async () => {
    const spool = await open();
    const orders = recordsOf(4);
    const stock = recordsOf(4, 'database/stock-db');
    await spool.append(orders.slice(0, 3));
    await spool.append(stock.slice(0, 3));
    await spool.head(everything);
    await spool.append([orders[3]!, orders[4]!, stock[3]!, stock[4]!]);
    const drained = identities(await drain(spool));
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

function oneSegment(): string {
  return join(directory, '0', segmentFiles()[0]!);
}

describe('a crash', () => {
  test('in the middle of a write leaves every whole record', async () => {
    const spool = await open();
    const records = recordsOf(5);
    await spool.append(records);
    await spool.close();
    const whole = readFileSync(oneSegment());
    const lastFrame = whole.length - records.at(-1)!.value.length;
    for (const cut of [whole.length - 1, lastFrame, lastFrame - 40, lastFrame - 55, 9, 3, 0]) {
      writeFileSync(oneSegment(), whole.subarray(0, cut));
      const next = await reopen(spool);
      const found = await drain(next);
      expect(identities(found)).toEqual(identities(records).slice(0, found.length));
      if (cut > 500) expect(found).toHaveLength(5);
      await next.close();
      writeFileSync(join(directory, '0', '00000001.v1.segment'), whole);
    }
  });

  test('or a damaged disk costs the records from the damage on, counted in bytes, none is wrong', async () => {
    const spool = await open();
    const records = recordsOf(5);
    await spool.append(records);
    await spool.close();
    const whole = readFileSync(oneSegment());
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 0x55;
      writeFileSync(join(directory, '0', '00000001.v1.segment'), damaged);
      const next = await reopen(spool);
      const found = await drain(next);
      expect(found.map(({ value }) => value)).toEqual(records.slice(0, found.length).map(({ value }) => value));
      expect(found.length).toBeLessThan(records.length);
      expect(counts.damagedSpoolBytes).toBeGreaterThan(0);
      await next.close();
    }
  });

  test('leaves segments behind the torn one readable', async () => {
    const spool = await open({ segmentBytes: 1_000 });
    const records = recordsOf(20);
    for (const record of records) await spool.append([record]);
    await spool.close();
    const [first, ...others] = segmentFiles();
    truncateSync(join(directory, '0', first!), 900);
    appendFileSync(join(directory, '0', others.at(-1)!), Buffer.from([0, 0, 0]));
    const found = await drain(await reopen(spool));
    expect(found.at(-1)!.sequence).toBe(21);
    expect(counts.damagedSpoolBytes).toBeGreaterThan(3);
  });
});

describe('a full spool', () => {
  test('drops the oldest segment first and counts its records for their producers', async () => {
    const spool = await open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const orders = recordsOf(200);
    const stock = recordsOf(200, 'database/stock-db');
    for (const [nth, record] of orders.entries()) await spool.append([record, stock[nth]!]);
    expect(spool.bytes).toBeLessThanOrEqual(20_000);
    const kept = await drain(spool);
    for (const name of ['database/orders-db', 'database/stock-db']) {
      const producer = producers.get(name, 'orders-db', 1);
      const sequences = kept
        .filter((record) => record.producer === producer && !record.isCopy)
        .map(({ sequence }) => sequence);
      expect(sequences).toEqual(Array.from(sequences, (_, nth) => droppedOf(producer) + 1 + nth));
      expect(sequences.at(-1)).toBe(201);
      expect(producer.dropped).toBeGreaterThan(100);
      expect(producer.dictionaryLost).toBe(true);
    }
    expect(counts.dropped.get('SPOOL_OVERFLOW')).toBe(402 - kept.filter(({ isCopy }) => !isCopy).length);
    expect(kept[0]!.kind).toBe('dict');
  });

  test('spares what is being replayed', async () => {
    const spool = await open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const records = recordsOf(200);
    await spool.append(records.slice(0, 3));
    const head = await spool.head(everything);
    for (const record of records.slice(3)) await spool.append([record]);
    expect((await spool.head(everything)).slice(0, 3)).toEqual(head);
  });

  test('tells the next process what it dropped, for the close record that waits', async () => {
    const spool = await open({ maxBytes: 20_000, segmentBytes: 2_000 });
    const records = recordsOf(200);
    const { producer } = records[0]!;
    for (const record of records) await spool.append([record]);
    await spool.append([{ ...records[0]!, kind: 'close', sequence: 202, value: Buffer.alloc(0), dictionary: [] }]);
    const droppedBefore = droppedOf(producer);
    const next = await reopen(spool);
    const kept = await drain(next);
    expect(kept.at(-1)!.kind).toBe('close');
    expect(droppedOf(kept.at(-1)!.producer)).toBe(droppedBefore);
    expect(readdirSync(join(directory, '0'))).toEqual(['lock']);
  });
});

describe('folders', () => {
  test('a process takes the first that no living one has', async () => {
    const [first, second] = [await open(), await open()];
    expect([first.folder, second.folder]).toEqual([join(directory, '0'), join(directory, '1')]);
    await first.close();
    expect((await open()).folder).toBe(first.folder);
  });

  test('those of dead processes are adopted once, those of living ones never, empty ones are left', async () => {
    const [own, alive, dead, empty] = [await open(), await open(), await open(), await open()];
    await alive.append(recordsOf(1));
    const records = recordsOf(3, 'database/stock-db');
    await dead.append(records);
    await dead.close();
    await empty.close();
    const options = { maxBytes: 1_000_000, segmentBytes: 100_000, counts, producers, now: () => timeMs };
    const orphans = await openOrphans(directory, options);
    opened.push(...orphans);
    expect(orphans.map(({ folder }) => folder)).toEqual([dead.folder]);
    expect(await openOrphans(directory, options)).toEqual([]);
    expect(identities(await drain(orphans[0]!))).toEqual(identities(records));
    expect(own.isEmpty).toBe(true);
  });

  test('one that can not be used is named', async () => {
    writeFileSync(join(directory, '0'), 'in the way');
    await expect(open()).rejects.toMatchObject({
      code: 'SPOOL_UNAVAILABLE',
      message: expect.stringContaining(join(directory, '0')),
    });
  });
});

function disk(): string {
  return join(directory, 'disk');
}

describe('a full disk', () => {
  let mounted = false;

  beforeEach((context) => {
    mkdirSync(disk());
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk()], { stdio: 'pipe' });
      mounted = true;
    } catch (error) {
      context.skip(
        `a tmpfs can't be mounted here; run the test as root with the right to mount (${String(error).split('\n')[1]})`,
      );
    }
  });
  afterEach(() => {
    if (mounted) execFileSync('umount', [disk()]);
    mounted = false;
  });

  test('takes whole appends or nothing, and works again when there is room', async () => {
    const options = { maxBytes: 10_000_000, segmentBytes: 16_000, counts, producers, now: () => timeMs };
    const spool = await openFirstFree(disk(), options);
    const records = recordsOf(400, 'database/orders-db', 20);
    const kept: OutgoingRecord[] = [];
    const refused: unknown[] = [];
    for (const record of records) {
      await spool.append([record]).then(
        () => kept.push(record),
        (error: unknown) => refused.push(error),
      );
    }
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({
      code: 'SPOOL_WRITE_FAILED',
      retryable: true,
      message: expect.stringContaining('ENOSPC'),
    });
    expect(kept.length).toBeGreaterThan(10);

    const first = await spool.head(everything);
    await spool.advance(first.length);
    const rest = recordsOf(2, 'database/stock-db');
    await spool.append(rest);
    const found = [...first, ...(await drain(spool))].filter(({ isCopy }) => !isCopy);
    expect(identities(found)).toEqual(identities([...kept, ...rest]));
    expect(counts.damagedSpoolBytes).toBe(0);
    await spool.close();
  });
});

test('a producer is the same for its records in the spool and its writer', () => {
  expect(producers.get('a', 'e', 1)).toBe(producers.get('a', 'e', 1));
  expect(producers.get('a', 'e', 2)).toEqual(newProducer('a', 'e', 2));
});
