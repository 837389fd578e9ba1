import { expect, test } from 'vitest';
import type { RejectedPoint } from '../measurement.js';
import { readPoints } from './decode-points.js';

const timeMs = 1_763_942_415_000;

test('a metric that comes with several sets of label names has a definition for each, with its first unit and help', () => {
  const { dictionary, rejected } = read([
    point({ help: 'First.', unit: 'orders', labels: { region: 'eu' } }),
    point({ help: 'Second.', labels: {} }),
    point({ labels: { region: 'us' } }),
    point({ labels: {}, time: timeMs + 1 }),
  ]);
  expect(rejected).toEqual([]);
  expect(dictionary.metrics).toMatchObject([
    { name: 'shop_orders', unit: 'orders', help: 'First.', labelNames: ['region'] },
    { name: 'shop_orders', unit: 'orders', help: 'First.', labelNames: [] },
  ]);
  expect(dictionary.series).toEqual([
    [0, ['eu']],
    [1, []],
    [0, ['us']],
  ]);
});

test('a second point of one series and time is left out, however many times the series came', () => {
  const { data, rejected } = read([0, 5, 5, -5, 0, 6].map((offset) => point({ time: timeMs + offset, value: offset })));
  expect(rejected).toEqual([
    { code: 'duplicate_series', path: 'points[2]' },
    { code: 'duplicate_series', path: 'points[4]' },
  ]);
  expect(data).toMatchObject({ known: 1, indexes: [0, 0, 0, 0], values: [0, 5, -5, 6], timeOffsetsMs: [0, 5, -5, 6] });
});

test('label values that look like each other put together are different series', () => {
  const { dictionary } = read([
    point({ labels: { a: 'x,1:y', b: 'z' } }),
    point({ labels: { a: 'x', b: 'y,1:z' } }),
    point({ labels: { a: '', b: '3:x,1:y' } }),
  ]);
  expect(dictionary.series).toHaveLength(3);
});

test('a name that comes again with another kind is left out', () => {
  const histogram = { bounds: [1], counts: [0, 0], sum: 0 };
  const { rejected } = read([
    point({}),
    point({ kind: 'counter' }),
    { name: 'shop_seconds', kind: 'histogram', labels: {}, histogram },
    { name: 'shop_seconds', kind: 'histogram', labels: { a: 'b' }, histogram: { ...histogram, bounds: [2] } },
  ]);
  expect(rejected).toEqual([
    { code: 'invalid_metric', path: 'points[1]' },
    { code: 'invalid_metric', path: 'points[3]' },
  ]);
});

function point(differing: object): object {
  return { name: 'shop_orders', kind: 'gauge', labels: {}, value: 1, ...differing };
}

function read(points: readonly object[]) {
  const rejected: RejectedPoint[] = [];
  return { ...readPoints(points, timeMs, rejected), rejected };
}
