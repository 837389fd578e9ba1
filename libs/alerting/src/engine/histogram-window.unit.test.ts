import type { ExponentialValue } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { HistogramWindow } from './histogram-window.js';
import { explicitQuantile, exponentialQuantile, quantileOf } from './quantile.js';

const minute = 60_000;

test('a window holds what was gained in it, and not what was counted before', () => {
  const window = new HistogramWindow(5 * minute);
  const before = histogramOf(Array(1_000).fill(0.01));
  const after = histogramOf([...Array<number>(1_000).fill(0.01), ...Array<number>(10).fill(2)]);
  window.gainAt(minute);
  window.addExponential(2 * minute, after, before);
  const { counts, count, sum } = window.total(2 * minute);
  expect([count, Math.round(sum)]).toEqual([10, 20]);
  expect(exponentialQuantile(counts, count, window.scale, 0.5)).toBeCloseTo(2, 0);
  expect(window.total(8 * minute).count).toBe(0);
});

test('quantiles are within half a bucket of the truth, at whatever scale the source counts', () => {
  const values = Array.from({ length: 2_000 }, (_, nth) => 0.001 * 1.005 ** nth);
  for (const scale of [5, 3, 1]) {
    const window = new HistogramWindow(minute);
    window.addExponential(1, histogramOf(values, scale), undefined);
    const { counts, count } = window.total(1);
    for (const q of [0.5, 0.95, 0.99]) {
      const truth = quantileOf(values, q);
      const width = 2 ** (2 ** -Math.min(scale, 3));
      expect(exponentialQuantile(counts, count, window.scale, q) / truth, `${scale} ${q}`).toBeGreaterThan(1 / width);
      expect(exponentialQuantile(counts, count, window.scale, q) / truth, `${scale} ${q}`).toBeLessThan(width);
    }
  }
});

test('a source that begins to count coarser does not disturb what is in the window', () => {
  const window = new HistogramWindow(10 * minute);
  window.addExponential(minute, histogramOf([1, 2, 4], 3), undefined);
  window.addExponential(2 * minute, histogramOf([1, 2, 4, 1, 2, 4], 0), histogramOf([1, 2, 4], 0));
  const { counts, count } = window.total(2 * minute);
  expect([count, window.scale]).toEqual([6, 0]);
  expect([...counts].sort(([a], [b]) => a - b)).toEqual([
    [-1, 2],
    [0, 2],
    [1, 2],
  ]);
});

test('more readings than are kept apart lose no observation', () => {
  const window = new HistogramWindow(1_000 * minute);
  for (let nth = 1; nth <= 500; nth++) window.addExponential(nth * minute, histogramOf([1]), undefined);
  expect(window.total(500 * minute).count).toBe(500);
  const restored = new HistogramWindow(1_000 * minute);
  restored.restore(JSON.parse(JSON.stringify(window.form())) as ReturnType<HistogramWindow['form']>);
  expect(restored.total(500 * minute)).toEqual(window.total(500 * minute));
});

test('explicit buckets give what Prometheus’ histogram_quantile gives', () => {
  const counts = new Map([
    [0, 5],
    [1, 3],
    [2, 2],
  ]);
  expect(explicitQuantile(counts, 10, [1, 2], 0.5)).toBe(1);
  expect(explicitQuantile(counts, 10, [1, 2], 0.65)).toBe(1.5);
  expect(explicitQuantile(counts, 10, [1, 2], 0.99)).toBe(2);
});

function histogramOf(values: readonly number[], scale = 3): ExponentialValue {
  const buckets = values.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
  const offset = Math.min(...buckets);
  const counts = Array.from({ length: Math.max(...buckets) - offset + 1 }, () => 0);
  for (const bucket of buckets) counts[bucket - offset]!++;
  return { scale, zeroCount: 0, sum: values.reduce((sum, value) => sum + value, 0), offset, counts };
}
