import { expect, test } from 'vitest';
import { partitionOf } from './partition.js';

/**
 * Vectors of Kafka's own unit test of murmur2:
 * https://github.com/apache/kafka/blob/trunk/clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java
 * A partition is the hash without its sign bit, modulo the number of partitions.
 */
test.each([
  ['21', -973_932_308],
  ['foobar', -790_332_482],
  ['a-little-bit-long-string', -985_981_536],
  ['a-little-bit-longer-string', -1_486_304_829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ['abc', 479_470_107],
])('the partition of %s is the one that Kafka computes', (key, hash) => {
  const positive = hash & 0x7fffffff;
  expect(partitionOf(key, 2 ** 31)).toBe(positive);
  expect(partitionOf(key, 12)).toBe(positive % 12);
});

test('a key counts by its bytes in UTF-8', () => {
  expect(partitionOf('größe', 2 ** 31)).toBe(partitionOf(Buffer.from('größe').toString(), 2 ** 31));
  expect(partitionOf('größe', 2 ** 31)).not.toBe(partitionOf('grosse', 2 ** 31));
});
