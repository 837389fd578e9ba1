import { expect, test } from 'vitest';
import { addRecovery } from './recovery.js';

/** Bounds of the bucket that holds a single value. */
function bucketOf(seconds: number): [above: number, upTo: number] {
  const { scale, offset, counts } = addRecovery(null, seconds);
  const base = 2 ** (2 ** -scale);
  return [base ** (offset + counts.indexOf(1)), base ** (offset + counts.indexOf(1) + 1)];
}

test.each([0.001, 0.2, 0.999, 1, 1.001, 30, 3_600])('%d s is in its bucket', (seconds) => {
  const [above, upTo] = bucketOf(seconds);
  expect(above).toBeLessThan(seconds);
  expect(upTo * (1 + 1e-12)).toBeGreaterThanOrEqual(seconds);
  expect(upTo / above).toBeCloseTo(2 ** (1 / 8));
});

test('values in any order come to the same, and each counts', () => {
  const values = [5, 0.01, 300, 5, 0, 70];
  const all = values.reduce(addRecovery, null)!;
  const turned = values.toReversed().reduce(addRecovery, null)!;
  expect({ ...turned, sum: 0 }).toEqual({ ...all, sum: 0 });
  expect(all.counts.reduce((sum, count) => sum + count, all.zeroCount)).toBe(6);
  expect(all).toMatchObject({ zeroCount: 1, sum: 380.01 });
});

test('it stays small, whatever comes', () => {
  const all = [1e-12, 1e12, Number.MIN_VALUE, 5].reduce(addRecovery, null)!;
  expect(all.counts.length).toBeLessThanOrEqual(234);
});
