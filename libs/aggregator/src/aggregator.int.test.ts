import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meshHealth } from '@omninode/aggregation';
import { contentTypes, partitionOf, topicNames, type Bus, type BusRecord } from '@omninode/contracts';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Aggregator } from './aggregator.js';
import type { CompanionFactory } from './companion.js';
import { eventually } from './testing/eventually.js';
import { runAggregator } from './testing/run-aggregator.js';

const topics = topicNames();
let folder = '';
let bus: Bus;
let stop: () => Promise<void>;
let companions: readonly CompanionFactory[] = [];
let aggregator: Aggregator;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-aggregator-'));
  await begin();
});
afterEach(async () => {
  await end();
  companions = [];
  rmSync(folder, { recursive: true, force: true });
});

test('rows of anybody become series; what can not be read is dead-lettered with its bytes and the reason', async () => {
  await send('orders', rows('orders', 7));
  await send('orders', '{"v":1,"entity":"orders"');
  await send('orders', rows('another', 1));
  await eventually(() => expect(totals()).toMatchObject({ received: 3, applied: 1, deadLettered: 2, unverified: 1 }));
  expect(value('omninode_orders_open')).toBe(7);
  await eventually(async () => {
    const letters = await readAll(topics.deadLetter);
    expect(letters.map(({ headers }) => headers['dead-letter.code'])).toEqual(['invalid_json', 'key_mismatch']);
    expect(letters[0]?.value?.toString()).toBe('{"v":1,"entity":"orders"');
  });
});

test('a dead letter that can not be written is tried until it is, and what comes behind waits', async () => {
  const { publish } = bus;
  let refusals = 0;
  bus.publish = async (records) => {
    if (records.some(({ topic }) => topic === topics.deadLetter) && ++refusals <= 3) throw new Error('not now');
    return publish(records);
  };
  await send('orders', 'no record');
  await send('orders', rows('orders', 7));
  await eventually(() => expect(totals()).toMatchObject({ received: 2, applied: 1, deadLettered: 1 }));
  expect(refusals).toBe(4);
  expect(await readAll(topics.deadLetter)).toHaveLength(1);
  expect(value('omninode_orders_open')).toBe(7);
});

test('who ends before a dead letter is written leaves no state that counts it: the next owner meets the record again', async () => {
  const { publish } = bus;
  let refusals = 0;
  bus.publish = async (records) => {
    if (records.every(({ topic }) => topic !== topics.deadLetter)) return publish(records);
    refusals++;
    throw new Error('not now');
  };
  await send('orders', 'no record');
  await eventually(() => expect(refusals).toBeGreaterThan(0));
  await end();
  await begin();
  await eventually(() => expect(totals()).toMatchObject({ received: 1, deadLettered: 1 }));
  expect(await readAll(topics.deadLetter)).toHaveLength(1);
});

test('a clean stop keeps everything; the next owner goes on where it was', async () => {
  await send('orders', rows('orders', 7));
  await eventually(() => expect(totals().applied).toBe(1));
  await end();
  await begin();
  await eventually(() => expect(totals()).toMatchObject({ received: 1, applied: 1, duplicate: 0 }));
  expect(value('omninode_orders_open')).toBe(7);
  expect((await readAll(topics.state)).length).toBeGreaterThan(0);
});

test('a snapshot that can not be used costs nothing but time: the partition is read from the beginning', async () => {
  await send('orders', rows('orders', 7));
  await eventually(() => expect(totals().applied).toBe(1));
  await end();
  bus = await openBus();
  for (let partition = 0; partition < 4; partition++) {
    await bus.publish([{ topic: topics.state, key: String(partition), partition, value: Buffer.from('no snapshot') }]);
  }
  await bus.close();
  await begin();
  await eventually(() => expect(totals()).toMatchObject({ received: 1, applied: 1 }));
  expect(value('omninode_orders_open')).toBe(7);
});

test('every replica learns of all partitions from the summary topic; silence of their owner makes them unknown', async () => {
  await eventually(() => expect(aggregator.summaries().map(({ partition }) => partition)).toEqual([0, 1, 2, 3]));
  const limitsOfHealth = { targetStaleMs: 60_000, summaryStaleMs: 15_000, partitions: aggregator.partitionCount };
  const reasonsAt = (nowMs: number) =>
    meshHealth(aggregator.summaries(), nowMs, limitsOfHealth).reasons.map(({ reason }) => reason);
  expect(reasonsAt(Date.now())).toEqual(['No target has reported yet.']);
  expect(reasonsAt(Date.now() + 60_000).filter((reason) => reason.startsWith('No aggregator has spoken'))).toHaveLength(
    4,
  );
});

test('what lives beside the series moves with them: it sees each record once, however often it is owned anew', async () => {
  let seen = 0;
  let flushes = 0;
  let restored: unknown;
  companions = [
    ({ partition }) => {
      let count = 0;
      return {
        name: 'counts',
        revision: 0,
        async restore(form) {
          if (form !== undefined) restored = form;
          count = (form as number | undefined) ?? 0;
        },
        afterRecord() {
          count++;
          seen++;
        },
        async flush({ isCaughtUp, isCurrent }) {
          if (partition === partitionOf('orders', 4) && isCaughtUp && isCurrent()) flushes++;
        },
        form: () => count,
      };
    },
  ];
  await end();
  await begin();
  await send('orders', rows('orders', 7));
  await send('orders', 'no record');
  await send('orders', rows('orders', 8));
  await eventually(() => expect(totals()).toMatchObject({ received: 3, applied: 2 }));
  expect(seen).toBe(2);
  expect(flushes).toBeGreaterThan(0);
  await end();
  await begin();
  await eventually(() => expect(restored).toBe(2));
  await send('orders', rows('orders', 9));
  await eventually(() => expect(totals().applied).toBe(3));
  expect(seen).toBe(3);
});

async function openBus(): Promise<Bus> {
  const opened = await openEmbeddedBus({ folder, topics });
  await opened.prepareTopics();
  return opened;
}

async function begin(): Promise<void> {
  bus = await openBus();
  const running = await runAggregator(bus, topics, { companions });
  aggregator = running.aggregator;
  stop = async () => {
    await running.stop();
    await bus.close();
  };
}

async function end(): Promise<void> {
  await stop();
}

async function send(key: string, text: string): Promise<void> {
  await bus.publish([
    { topic: topics.measurement, key, value: Buffer.from(text), headers: { 'content-type': contentTypes.rows } },
  ]);
}

function rows(entity: string, open: number): string {
  const points = [{ name: 'omninode_orders_open', kind: 'gauge', labels: { shop: 'a' }, value: open }];
  return JSON.stringify({ v: 1, entity, producer: 'shop/1', time: Date.now(), points });
}

function totals() {
  const all = aggregator.ownSummaries().map(({ ledger }) => ledger);
  const sum = (name: 'received' | 'applied' | 'duplicate' | 'deadLettered' | 'unverified') =>
    all.reduce((total, ledger) => total + ledger[name], 0);
  return {
    received: sum('received'),
    applied: sum('applied'),
    duplicate: sum('duplicate'),
    deadLettered: sum('deadLettered'),
    unverified: sum('unverified'),
  };
}

function value(name: string): number | undefined {
  for (const { store } of aggregator.states()) {
    const series = store.series.findIndex(({ metric }) => metric.name === name);
    if (series >= 0) return store.values[store.slots[series]!];
  }
  return undefined;
}

async function readAll(topic: string): Promise<BusRecord[]> {
  const records: BusRecord[] = [];
  for (let partition = 0; partition < 4; partition++)
    await bus.readToEnd(topic, partition, (record) => records.push(record));
  return records.sort((a, b) =>
    (a.headers['dead-letter.offset'] ?? '').localeCompare(b.headers['dead-letter.offset'] ?? ''),
  );
}
