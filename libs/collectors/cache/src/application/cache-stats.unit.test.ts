import { expect, test } from 'vitest';
import { mebibytes, readCacheStats } from './cache-stats.js';

const read = (json: unknown) => readCacheStats({ source: 'application', cache: 'workflow_cache', json });

test('one cache, or several by name', () => {
  expect(read({ storage_metrics: {} }).map(({ cache }) => cache)).toEqual(['workflow_cache']);
  const several = {
    a: { performance_metrics: {} },
    'not a label!': { performance_metrics: {} },
    version: 3,
    b: { storage_metrics: {} },
  };
  expect(read(several).map(({ cache }) => cache)).toEqual(['a', 'b']);
  const many = Object.fromEntries(Array.from({ length: 80 }, (_, at) => [`c${at}`, { performance_metrics: {} }]));
  expect(read(many)).toHaveLength(50);
});

test.each([[null], [7], ['text'], [[{ performance_metrics: {} }]], [{}], [{ performance_metrics: 3 }]])(
  '%j tells of no cache',
  (json) => {
    expect(read(json)).toEqual([]);
  },
);

test('a figure that is not there is undefined, one that is no number is NaN', () => {
  const [stats] = read({
    performance_metrics: { cache_hits: 3, cache_misses: '4', disk_reads: {}, disk_writes: null },
    storage_metrics: [],
  });
  const figure = (field: string) => stats?.figure('performance_metrics', field);
  expect(['cache_hits', 'cache_misses', 'disk_reads', 'disk_writes', 'compressions'].map(figure)).toEqual([
    3,
    '4',
    NaN,
    undefined,
    undefined,
  ]);
  expect(stats?.figure('storage_metrics', 'memory_entries')).toBeUndefined();
  expect(stats?.figure('configuration', 'max_memory_size_mb')).toBeUndefined();
  expect([mebibytes(2), mebibytes(undefined)]).toEqual([2_097_152, undefined]);
});
