import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordingWriter } from '@omninode/collector-kit/testing';
import { topicNames } from '@omninode/contracts';
import type { Bus, BusRecord } from '@omninode/contracts';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PartitionMemory } from './partition-memory.js';
import { PlatformPartition } from './platform-partition.js';

const { memory: memoryTopic } = topicNames();
const trips = 'omninode_circuit_breaker_trips_total{component="vault"}';
let folder: string;
let bus: Bus;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'omninode-partition-'));
  bus = openEmbeddedBus({ folder });
  await bus.prepareTopics();
});
afterAll(async () => {
  await bus.close();
  await rm(folder, { recursive: true });
});

/** An owner of the partition, and where it would begin to read. */
async function own(entity: string) {
  const writer = new RecordingWriter();
  const memory = new PartitionMemory(bus, memoryTopic, `owner/${Math.random()}`, entity);
  const partition = new PlatformPartition({
    entity,
    memory,
    publisher: { open: () => writer },
    believeForMs: 86_400_000,
    nowMs: () => Date.now(),
  });
  return { partition, writer, start: await partition.restore(AbortSignal.timeout(5_000)) };
}

function records(from: number, ...changes: readonly [from: string, to: string][]): BusRecord[] {
  return changes.map(([previous_state, state], at) => ({
    topic: 'platform',
    partition: 0,
    offset: from + at,
    key: 'vault',
    value: Buffer.from(JSON.stringify({ service_name: 'vault', state, previous_state })),
    headers: {},
    timestampMs: Date.now() + at,
  }));
}

test('records that come again are counted once', async () => {
  const { partition, writer } = await own('again');
  const batch = records(7, ['closed', 'open'], ['open', 'closed']);
  await partition.take(batch, 9);
  await partition.take(batch, 9);
  await partition.take([...batch, ...records(9, ['closed', 'open'])], 10);
  expect(writer.latest(trips)).toBe(2);
});

test('the next owner begins where the one before ended, whatever became of the topic meanwhile', async () => {
  const first = await own('next');
  expect(first.start).toBe('beginning');
  await first.partition.take(records(7, ['closed', 'open']), 8);
  await first.partition.release();
  const second = await own('next');
  expect(second.start).toBe(8);
  await second.partition.take(records(20, ['closed', 'open']), 21); // what lay between is gone by retention
  expect(second.writer.latest(trips)).toBe(2);
});

test('a topic that was made anew is read from its new beginning', async () => {
  const { partition, writer } = await own('anew');
  await partition.take(records(500, ['closed', 'open']), 501);
  await partition.take(records(0, ['open', 'closed'], ['closed', 'open']), 2);
  expect(writer.latest(trips)).toBe(2);
});

test('a memory that nobody can read is none', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', owner: 'x' };
  await bus.publish([{ topic: memoryTopic, key: 'breaker-collector/broken', value: Buffer.from('no gzip'), headers }]);
  expect((await own('broken')).start).toBe('beginning');
});
