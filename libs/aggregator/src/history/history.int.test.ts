import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes, readRecord, rollupKey, rollupRecord, topicNames } from '@omninode/contracts';
import type { Bus, RollupRecord } from '@omninode/contracts';
import { rankOperations } from '@omninode/history';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HistoryReader } from './history-reader.js';
import { Rollups } from './rollups.js';
import { eventually } from '../testing/eventually.js';
import { quietLog, runAggregator } from '../testing/run-aggregator.js';

const topics = topicNames();
const hourMs = 3_600_000;
const ten = Date.UTC(2026, 10, 24, 10);
let folder = '';
let bus: Bus;
let clockMs = ten;
let stop: () => Promise<void>;
let reader: HistoryReader;
let rollups: Rollups;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-history-'));
  clockMs = ten + 60_000;
  await begin();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

test('requests of a service become slow operations that every replica knows; the hour is closed once it is over', async () => {
  await send(1, ten + 5_000, 10);
  await send(2, ten + 50_000, 30);
  const query = { fromMs: ten, toMs: ten + hourMs, by: 'p95', limit: 5 } as const;
  await eventually(() =>
    expect(rankOperations(reader.book, query)).toMatchObject([
      { service: 'checkout', component: 'api', operation: 'pay', count: 30, errors: 0 },
    ]),
  );
  expect((await written()).map(({ closed }) => closed)).toEqual([false]);
  clockMs = ten + hourMs + 6 * 60_000;
  await eventually(async () => expect((await written()).map(({ closed }) => closed)).toEqual([true]));
  await sleep(300);
  expect(await allWritten()).toHaveLength(2);
});

test('a restart at any moment gives the same rollups: what the snapshot did not hold is read again', async () => {
  // It began the day before: what it counts of this hour depends on what was known of it first.
  const began = ten - 24 * hourMs;
  await send(1, ten + 5_000, 10, began);
  await eventually(async () => expect(await written()).toHaveLength(1));
  for (const [nth, count] of [20, 35, 50].entries()) {
    await send(nth + 2, ten + 60_000 * (nth + 1), count, began);
    const query = { fromMs: ten, toMs: ten + hourMs, by: 'count', limit: 1 } as const;
    clockMs += 2_000;
    await eventually(() => expect(rankOperations(reader.book, query)).toMatchObject([{ count: count - 10 }]));
    // As if it was killed: what it knows last is written nowhere.
    const { publish } = bus;
    bus.publish = async (records) => {
      if (records.some(({ topic }) => topic === topics.state)) throw new Error('gone');
      return publish(records);
    };
    await stop();
    await begin();
  }
  clockMs = ten + hourMs + 6 * 60_000;
  await eventually(async () =>
    expect(await written()).toMatchObject([
      { closed: true, requests: { success: 40 }, durations: { success: [4, 0, 20, -17, [40]] } },
    ]),
  );
});

test('a bus that takes no rollups for a while loses none', async () => {
  const { publish } = bus;
  let refusals = 0;
  bus.publish = async (records) => {
    if (records.some(({ topic }) => topic === topics.rollup) && ++refusals <= 3) throw new Error('not now');
    return publish(records);
  };
  await send(1, ten + 5_000, 10);
  await eventually(async () => {
    // Looked up by the clock: it has to go on.
    clockMs += 2_000;
    expect(await written()).toMatchObject([{ requests: { success: 10 } }]);
  });
  expect(refusals).toBeGreaterThan(3);
  expect(rollups.counts()).toMatchObject({ failures: 3, written: { open: 1, closed: 0 }, subjects: { operation: 1 } });
});

async function begin(): Promise<void> {
  bus = await openEmbeddedBus({ folder, topics });
  await bus.prepareTopics();
  rollups = new Rollups(
    { operationsPerPartition: 100, reportSeriesPerPartition: 100, graceMs: 5 * 60_000, openEveryMs: 1_000 },
    () => clockMs,
  );
  const running = await runAggregator(bus, topics, { companions: [rollups.companion], nowMs: () => clockMs });
  reader = new HistoryReader({
    bus,
    topics,
    config: { baselineSeries: 10, reportTimeZone: 'UTC' },
    nowMs: () => clockMs,
    log: quietLog,
  });
  reader.start();
  stop = async () => {
    await running.stop();
    await reader.stop();
    await bus.close();
  };
}

/** A pass of the client of a service: so many requests of half a second since it began, at ten where nothing is said. */
async function send(sequence: number, atMs: number, count: number, startMs = ten): Promise<void> {
  const head = { v: 1, p: 'checkout/1', e: 'checkout', n: 1, t: atMs };
  const labels = ['service_name', 'component', 'operation', 'status'];
  const of = ['checkout', 'api', 'pay', 'success'];
  const metrics = [
    ['omninode_requests_total', 'counter', 'requests', 'R.', labels],
    ['omninode_request_duration_seconds', 'exponential', 'seconds', 'D.', labels],
  ];
  const dictionary = {
    ...head,
    k: 'dict',
    q: 2 * sequence - 1,
    from: 0,
    m: metrics,
    s: [
      [0, of],
      [1, of],
    ],
  };
  const data = {
    ...head,
    k: 'data',
    q: 2 * sequence,
    d: 2,
    i: [0],
    x: [count],
    h: [[1, 4, 0, count / 2, -17, [count]]],
    r: [
      [0, startMs],
      [1, startMs],
    ],
  };
  for (const body of [dictionary, data]) {
    const value = Buffer.from(JSON.stringify(body));
    const headers = { 'content-type': contentTypes.columns };
    await bus.publish([{ topic: topics.measurement, key: 'checkout', value, headers }]);
  }
}

async function allWritten(): Promise<RollupRecord[]> {
  const records: RollupRecord[] = [];
  for (let partition = 0; partition < 4; partition++) {
    await bus.readToEnd(topics.rollup, partition, ({ value, key }) => {
      const read = readRecord(rollupRecord, value);
      if (!read.ok) throw new Error(read.detail);
      expect(key).toBe(rollupKey(read.record));
      records.push(read.record);
    });
  }
  return records;
}

/** The newest of each key. */
async function written(): Promise<RollupRecord[]> {
  return [...new Map((await allWritten()).map((record) => [rollupKey(record), record])).values()];
}
