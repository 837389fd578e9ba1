import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileOf, upperBoundOf } from './quantile.js';
import { sketchOfBuckets, sketchOfValue } from './sketch-of.js';
import { countOf, mergeSketches, SketchSum, type Sketch } from './sketch-sum.js';

/** Whole numbers of any size, so that their sums are exact in any order. */
const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 2 ** 40 })), {
  maxLength: 30,
});
const scales = fc.integer({ min: -2, max: 8 });
const sketches = fc.tuple(values, scales).map(([all, scale]) => sketchAt(scale, all));

test('adding up is commutative and associative, whatever the scales', () => {
  fc.assert(
    fc.property(sketches, sketches, sketches, (a, b, c) => {
      expect(merge(a, b)).toEqual(merge(b, a));
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
      expect(mergeSketches([c, a, b])).toEqual(merge(a, merge(b, c)));
      expect(mergeSketches([a, b, c])).toEqual(new SketchSum().add(a).add(b).add(c).value());
    }),
    { numRuns: 1_000 },
  );
});

test('a sum of parts is the sketch of all their values', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(merge(sketchAt(4, a), sketchAt(4, b))).toEqual(sketchAt(4, [...a, ...b]));
    }),
    { numRuns: 500 },
  );
});

test('what was added can be taken off again', () => {
  fc.assert(
    fc.property(sketches, sketches, (a, b) => {
      const rest = new SketchSum(20).add(a).add(b).addTimes(b, -1);
      expect(rest.isBelowZero).toBe(false);
      expect(countOf(rest.value())).toBe(countOf(a));
      expect(rest.value().sum).toBe(a.sum);
    }),
  );
  expect(new SketchSum().add(sketchAt(4, [1])).addTimes(sketchAt(4, [2]), -1).isBelowZero).toBe(true);
});

test('quantiles are off by 2.2 % at most while the range allows the finest scale', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, q) => {
        const sketch = sketchAt(4, all);
        expect(sketch.scale).toBe(4);
        const exact = [...all].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * all.length) - 1)]!;
        expect(Math.abs(quantileOf(sketch, q)! / exact - 1)).toBeLessThan(0.0221);
        expect(upperBoundOf(sketch)!).toBeGreaterThanOrEqual(Math.max(...all));
      },
    ),
  );
});

test('a range of any width has no more buckets than the cap', () => {
  const wide = sketchAt(4, [1e-300, 1, 1e300]);
  expect(wide.counts.length).toBeLessThanOrEqual(160);
  expect(countOf(wide)).toBe(3);
});

test('nothing has no quantile; zeros are zero', () => {
  expect(quantileOf(mergeSketches([]), 0.5)).toBeUndefined();
  expect(upperBoundOf(mergeSketches([]))).toBeUndefined();
  expect(quantileOf(sketchAt(4, [0, 0, 0, 8]), 0.5)).toBe(0);
});

test('an explicit histogram is as exact as its buckets are narrow', () => {
  const sketch = sketchOfBuckets([0.1, 0.2, 0.4], [0, 90, 9, 1, 17.5], 0);
  expect(countOf(sketch)).toBe(100);
  expect(sketch.sum).toBe(17.5);
  expect(quantileOf(sketch, 0.5)).toBeGreaterThan(0.1);
  expect(quantileOf(sketch, 0.5)).toBeLessThan(0.2);
  expect(quantileOf(sketch, 1)).toBeCloseTo(0.4, 1);
});

function merge(a: Sketch, b: Sketch): Sketch {
  return mergeSketches([a, b]);
}

function sketchAt(scale: number, all: readonly number[]): Sketch {
  const sum = new SketchSum(scale);
  for (const value of all) sum.add(sketchOfValue(value));
  return sum.value();
}
