import { expect, test } from 'vitest';
import { LruCache } from './lru-cache.js';

test('what was used last stays, what was not goes when there is no room', () => {
  const cache = new LruCache(6);
  cache.set('a', '1');
  cache.set('b', '2');
  cache.set('c', '3');
  expect(cache.get('a')).toBe('1');
  cache.set('d', '4');
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['1', undefined, '3', '4']);
  expect(cache.counts).toEqual({ hits: 4, misses: 1, evictions: 1 });
  expect([cache.entries, cache.bytes]).toEqual([3, 6]);
});

test('an entry that is set again takes its room once, one that is larger than all of it none', () => {
  const cache = new LruCache(6);
  cache.set('a', '1');
  cache.set('a', '22');
  expect([cache.entries, cache.bytes]).toEqual([1, 3]);
  cache.set('b', '1234567');
  expect([cache.entries, cache.bytes]).toEqual([0, 0]);
  cache.set('a', '1');
  cache.clear();
  expect([cache.get('a'), cache.entries, cache.bytes]).toEqual([undefined, 0, 0]);
});
