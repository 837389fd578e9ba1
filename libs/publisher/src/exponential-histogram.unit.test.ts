import { contentTypes, decodeRecord, encodeData, encodeDictionary, limits } from '@omninode/contracts';
import type { ExponentialValue } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { ExponentialHistogram } from './exponential-histogram.js';

describe('which bucket a value falls into', () => {
  test.each([
    // Scale 20: the bounds of octave 0 are 2^(i / 2^20). A power of two is the upper bound of its bucket.
    [1, -1],
    [2, 2 ** 20 - 1],
    [4, 2 ** 21 - 1],
    [0.5, -(2 ** 20) - 1],
    [Math.SQRT2, 2 ** 19 - 1],
    [Number.MAX_VALUE, 1024 * 2 ** 20 - 1],
    [Number.MIN_VALUE, -1022 * 2 ** 20 - 1],
  ])('%s falls into bucket %s', (value, bucket) => {
    const { scale, offset, counts } = distribution([value]);
    expect({ scale, counts }).toEqual({ scale: 20, counts: [1] });
    // The root of two is not a number of the machine: either side of the bound is right.
    if (value === Math.SQRT2) expect([bucket, bucket + 1]).toContain(offset);
    else expect(offset).toBe(bucket);
  });

  test('zero has a count of its own, and belongs to the sum of values', () => {
    expect(distribution([0, 0, 1.5])).toMatchObject({ zeroCount: 2, sum: 1.5, counts: [1] });
  });

  test.each([Number.NaN, Infinity, -Infinity, -1, -Number.MIN_VALUE])('%s is not taken', (value) => {
    const histogram = new ExponentialHistogram();
    expect(histogram.record(value)).toBe(false);
    expect([histogram.count, histogram.value()]).toEqual([0, distribution([])]);
  });
});

describe('values that do not fit', () => {
  test('halve the resolution until they do', () => {
    // 1 : 1 048 576 is 20 octaves; 160 buckets are 8 an octave, which is scale 3, where 4 octaves of room do not remain.
    const { scale, counts } = distribution([1.1, 1.1 * 2 ** 19]);
    expect(scale).toBe(3);
    expect(counts.length).toBe(19 * 8 + 1);
  });

  test('below the range move what is there up', () => {
    const { scale, offset, counts } = distribution([8, 8, 16, 1]);
    const at = (value: number) => counts[Math.log2(value) * 2 ** scale - 1 - offset];
    expect([at(1), at(8), at(16)]).toEqual([1, 2, 1]);
  });

  test('of the whole range of numbers have buckets of readable scale', () => {
    const { scale, counts } = distribution([Number.MIN_VALUE, Number.MAX_VALUE]);
    expect(scale).toBeGreaterThanOrEqual(-10);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });
});

test('a value is what readers take, and is not changed by what comes later', () => {
  const histogram = new ExponentialHistogram();
  for (let nth = 1; nth < 10_000; nth++) histogram.record(nth ** 1.7 / 1e6);
  const value = histogram.value();
  const before = structuredClone(value);
  histogram.record(1e9);
  expect(value).toEqual(before);
  expect(readBack(value)).toEqual(value);
});

function distribution(values: readonly number[]): ExponentialValue {
  const histogram = new ExponentialHistogram();
  for (const value of values) histogram.record(value);
  return histogram.value();
}

/** Over the wire. */
function readBack(value: ExponentialValue): ExponentialValue | undefined {
  const head = { producer: 'p', entity: 'e', incarnation: 1, sequence: 1, timeMs: limits.earliestMs };
  const metric = { name: 'x_seconds', kind: 'exponential', unit: '', help: '', labelNames: [], bounds: [] } as const;
  const columns = { known: 1, indexes: [], values: [], timeOffsetsMs: null, starts: [] };
  const records = [
    encodeDictionary(head, { from: 0, metrics: [metric], series: [[0, []]] }),
    encodeData(head, { ...columns, exponentials: [[0, value]] }),
  ].map((record) => decodeRecord(record, contentTypes.columns, 'e'));
  const [, data] = records;
  return data?.ok ? data.record.data?.exponentials[0]?.[1] : undefined;
}
