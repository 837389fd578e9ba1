import { expect, test } from 'vitest';
import { clientRig } from './testing/client-rig.js';
import { createClient } from './create-client.js';
import { KeptBus } from './testing/kept-bus.js';

const bus = new KeptBus();

test.each([
  ['service', {}],
  ['service', { service: '' }],
  ['service', { service: 'a/b' }],
  ['instance', { service: 'checkout', instance: 'line\nend' }],
  ['instance', { service: 'checkout', instance: 7 }],
  ['bus', { service: 'checkout', instance: '1' }],
  ['intervalMs', { service: 'checkout', instance: '1', bus, intervalMs: 0 }],
  ['intervalMs', { service: 'checkout', instance: '1', bus, intervalMs: Number.NaN }],
  ['maxMemoryBytes', { service: 'checkout', instance: '1', bus, maxMemoryBytes: -1 }],
  ['slowestPerInterval', { service: 'checkout', instance: '1', bus, slowestPerInterval: Number.NaN }],
])('an option %s that can never work is refused at the start: %o', (option, options) => {
  expect(() => createClient(options as never)).toThrow(
    expect.objectContaining({ code: 'CLIENT_OPTION_INVALID', fields: expect.objectContaining({ option }) }),
  );
});

test('series carry the service and its instance, and since when they are counted', async () => {
  const { client, bus: kept } = clientRig({ now: () => 1_790_000_000_000 });
  client.trace('checkout', 'pay', () => 1);
  await client.close();
  const [dictionary, data] = kept.records;
  expect(dictionary).toMatchObject({
    producer: 'checkout/checkout-1',
    entity: 'checkout',
    incarnation: 1_790_000_000_000,
  });
  for (const { labelNames } of dictionary!.dictionary!.metrics)
    expect(labelNames.slice(0, 2)).toEqual(['service_name', 'service_instance']);
  expect(data?.data?.starts.length).toBeGreaterThan(0);
  for (const [, startMs] of data!.data!.starts) expect(startMs).toBe(1_790_000_000_000);
  expect(kept.records.at(-1)?.close).toEqual({ dropped: 0 });
});

test('what has not changed is not sent again, but once a minute it is', async () => {
  let nowMs = Date.now();
  const { client, bus: kept, pass } = clientRig({ now: () => nowMs });
  client.trace('checkout', 'pay', () => 1);
  const sizeOf = () => kept.records.findLast(({ data }) => data)!.data!.exponentials.length;
  await pass();
  expect(sizeOf()).toBe(1);
  nowMs += 10_000;
  await pass();
  expect(sizeOf()).toBe(0);
  nowMs += 55_000;
  await pass();
  expect(sizeOf()).toBe(1);
  await client.close();
});

test('a handler of problems that fails harms nobody', async () => {
  const { client } = clientRig({
    onProblem: () => {
      throw new Error('the log is full');
    },
  });
  client.watchPool('none', undefined as never);
  expect(client.trace('checkout', 'pay', () => 1)).toBe(1);
  await client.close();
});

test('problems of the client are counted by their code', async () => {
  const { client, bus: kept, pass } = clientRig();
  client.watchPool('none', undefined as never);
  await pass();
  expect(kept.value('omninode_mesh_client_problems_total', { code: 'NOT_WATCHABLE' })).toBe(1);
  await client.close();
});

test('what is counted for the first time counts since the pass before: a reader sees it grow from 0', async () => {
  let nowMs = 1_790_000_000_000;
  const { client, bus: kept } = clientRig({ now: () => nowMs });
  await client.flush();
  nowMs += 3_600_000;
  await client.flush();
  nowMs += 10_000;
  client.trace('checkout', 'pay', () => 1);
  await client.close();
  const starts = kept.records.flatMap(({ data }) => data?.starts ?? []).map(([, startMs]) => startMs);
  expect([...new Set(starts)]).toEqual([1_790_000_000_000, 1_790_003_600_000]);
});
