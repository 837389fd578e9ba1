import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import type { CacheStats } from './watch-cache.js';

const cache = { cache: 'workflow' };

function rig(first: CacheStats) {
  let stats = first;
  const { client, ...rest } = clientRig();
  const watch = client.watchCache('workflow', () => stats);
  return { client, watch, set: (next: CacheStats) => (stats = next), ...rest };
}

test('what was added from pass to pass is counted; a cache that was made anew loses nothing', async () => {
  const { bus, pass, set } = rig({ hits: 1_000, misses: 50 });
  await pass();
  expect(bus.value('omninode_cache_hits_total', cache)).toBe(0); // what was before is not ours
  set({ hits: 1_003, misses: 51, evictions: 7 });
  await pass();
  expect(bus.value('omninode_cache_hits_total', cache)).toBe(3);
  expect(bus.value('omninode_cache_hit_rate_ratio', cache)).toBe(0.75);
  set({ hits: 2, misses: 0, evictions: 8 });
  await pass();
  expect(bus.value('omninode_cache_hits_total', cache)).toBe(5);
  expect(bus.value('omninode_cache_misses_total', cache)).toBe(1);
  expect(bus.value('omninode_cache_evictions_total', cache)).toBe(1);
});

test('without lookups there is no hit rate', async () => {
  const { bus, pass } = rig({ hits: 10, misses: 10 });
  await pass();
  await pass();
  expect(bus.series('omninode_cache_hit_rate_ratio')).toEqual([]);
  expect(bus.value('omninode_cache_misses_total', cache)).toBe(0);
});

test('what the cache does not say is not told', async () => {
  const { bus, pass, set } = rig({ entries: 12, bytes: 4_096 });
  await pass();
  expect(bus.series('omninode_cache')).toEqual(['omninode_cache_entries{cache="workflow",tier="memory"}']);
  expect(bus.value('omninode_memory_usage_bytes', cache)).toBe(4_096);
  set({ hits: Number.NaN, misses: -1, entries: Infinity });
  await pass();
  expect(bus.series('omninode_cache')).toEqual(['omninode_cache_entries{cache="workflow",tier="memory"}']);
});

test('a promise is waited for until the next pass; a cache that fails is told of and the host goes on', async () => {
  const answers = [
    async () => ({ entries: 1 }),
    () => sleep(0, { entries: 2 }),
    () => new Promise<never>(() => {}),
    async () => ({}),
  ];
  const { client, bus, pass, problems } = clientRig();
  client.watchCache('workflow', () => answers.shift()!());
  await sleep(5);
  await pass();
  expect(bus.value('omninode_cache_entries', { ...cache, tier: 'memory' })).toBe(1);
  await sleep(5);
  await pass();
  expect(bus.value('omninode_cache_entries', { ...cache, tier: 'memory' })).toBe(2);
  const before = bus.records.length;
  await pass(); // it has not answered: its last figures are not told again
  const told = bus.records.slice(before).flatMap(({ data }) => data?.values ?? []);
  expect(told).not.toContain(2);

  client.watchCache('broken', () => {
    throw new Error('no');
  });
  client.watchCache('rejecting', async () => {
    throw new Error('no');
  });
  client.watchCache('none', undefined as never);
  await sleep(5);
  expect(problems).toHaveLength(3);
});
