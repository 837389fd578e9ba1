import { finestKeptScale, SketchSum, type Sketch } from './sketch-sum.js';

/** The index of the bucket that holds a positive value: (base^index, base^(index + 1)]. */
function indexOf(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1;
}

/** A distribution of one value. What is not above 0 counts as 0. */
export function sketchOfValue(value: number): Sketch {
  const bucket = { scale: finestKeptScale, sum: value };
  if (!(value > 0)) return { ...bucket, zeroCount: 1, offset: 0, counts: [] };
  return { ...bucket, zeroCount: 0, offset: indexOf(value, finestKeptScale), counts: [1] };
}

/**
 * What an explicit histogram tells, as a sketch: each bucket's values stand at the geometric middle of its bounds, those of the
 * first at half its bound, those above the last bound at that bound. So a quantile is as exact as the buckets are narrow.
 * `values`: the counts of all buckets with +Inf, then the sum.
 */
export function sketchOfBuckets(bounds: readonly number[], values: ArrayLike<number>, from: number): Sketch {
  const sum = new SketchSum(finestKeptScale);
  for (let at = 0; at <= bounds.length; at++) {
    const count = values[from + at]!;
    if (count === 0) continue;
    const value = middleOf(bounds, at);
    if (value > 0) sum.addTimes({ ...sketchOfValue(value), sum: 0 }, count);
    else sum.addTimes({ scale: finestKeptScale, zeroCount: 1, sum: 0, offset: 0, counts: [] }, count);
  }
  return { ...sum.value(), sum: values[from + bounds.length + 1]! };
}

function middleOf(bounds: readonly number[], at: number): number {
  const upper = bounds[at];
  if (upper === undefined) return bounds.at(-1) ?? 0;
  const lower = bounds[at - 1] ?? upper / 4;
  return lower > 0 ? Math.sqrt(lower * upper) : upper;
}
