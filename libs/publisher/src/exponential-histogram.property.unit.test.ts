import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExponentialHistogram } from './exponential-histogram.js';

/** Durations as services have them, and anything else now and then. */
const values = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.double({ min: 1e-6, max: 100, noNaN: true }) },
    { weight: 1, arbitrary: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true, max: Number.MAX_VALUE / 1e4 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1000, max: 1000 }).map((exponent) => 2 ** exponent) },
  ),
  { maxLength: 300 },
);
const maxBuckets = fc.constantFrom(2, 3, 20, 160);

test('every value is in the bucket whose bounds hold it, whatever came before and after', () => {
  fc.assert(
    fc.property(values, maxBuckets, (given, buckets) => {
      const histogram = filled(given, buckets);
      const { scale, zeroCount, offset, counts } = histogram.value();
      expect(zeroCount).toBe(given.filter((value) => value === 0).length);
      expect(counts.length).toBeLessThanOrEqual(buckets);
      const expected = counts.map(() => 0);
      for (const value of given) if (value > 0) expected[bucketOf(value, scale, offset, counts.length)]! += 1;
      expect(counts).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('count and sum are those of the values', () => {
  fc.assert(
    fc.property(values, (given) => {
      const histogram = filled(given, 160);
      const { zeroCount, counts, sum } = histogram.value();
      expect(zeroCount + counts.reduce((total, count) => total + count, 0)).toBe(given.length);
      expect(histogram.count).toBe(given.length);
      expect(sum).toBe(given.reduce((total, value) => total + value, 0));
      expect(histogram.sum).toBe(sum);
    }),
  );
});

test('the order of values changes no bucket', () => {
  fc.assert(
    fc.property(values, (given) => {
      const { sum: _sum, ...forwards } = filled(given, 160).value();
      const { sum: _also, ...backwards } = filled(given.toReversed(), 160).value();
      expect(backwards).toEqual(forwards);
    }),
  );
});

test('the resolution is the finest that the range allows, within one halving', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      (least, factor) => {
        const { scale, counts } = filled([least, least * factor], 160).value();
        const widest = 160 / 2 / Math.max(Math.log2(factor), 1e-12);
        expect(scale === 20 || 2 ** (scale + 1) > widest || counts.length > 80).toBe(true);
      },
    ),
  );
});

function filled(given: readonly number[], maxBucketCount: number): ExponentialHistogram {
  const histogram = new ExponentialHistogram(maxBucketCount);
  for (const value of given) expect(histogram.record(value)).toBe(true);
  return histogram;
}

/**
 * By definition: the bucket i with base^i < value ≤ base^(i+1), found from the logarithm and corrected. At fine scales a bound
 * lies within the error of the machine's own arithmetic: there the neighbour whose bound the value equals is as right.
 */
function bucketOf(value: number, scale: number, offset: number, length: number): number {
  const exact = Math.log2(Math.max(value, 2 ** -1022)) * 2 ** scale;
  const nearest = Math.round(exact);
  const isPowerOfTwo = Number.isInteger(Math.log2(value)) && 2 ** Math.log2(value) === value;
  const isAtBound = isPowerOfTwo && Math.abs(exact - nearest) < 1e-9;
  const index = (isAtBound ? nearest - 1 : Math.ceil(exact) - 1) - offset;
  return Math.min(Math.max(index, 0), length - 1);
}
