import { countOf, type Sketch } from './sketch-sum.js';

/**
 * The value below which a share `q` (0–1) of all lies; `undefined` when there is none. It is the geometric middle of a bucket:
 * at scale 4 off by 2.2 % at most, 4.4 % at scale 3, 9.1 % at scale 2.
 */
export function quantileOf(sketch: Sketch, q: number): number | undefined {
  const count = countOf(sketch);
  if (!(count > 0)) return undefined;
  let rank = Math.max(q * count, Number.MIN_VALUE);
  if (rank <= sketch.zeroCount) return 0;
  rank -= sketch.zeroCount;
  const { counts, offset, scale } = sketch;
  let last = offset;
  for (let at = 0; at < counts.length; at++) {
    const inBucket = counts[at]!;
    if (inBucket <= 0) continue;
    last = offset + at;
    if (rank <= inBucket) return boundOf(last + 0.5, scale);
    rank -= inBucket;
  }
  return boundOf(last + 0.5, scale);
}

/** What no value exceeds; 0 when all are, `undefined` when there is none. */
export function upperBoundOf(sketch: Sketch): number | undefined {
  const top = sketch.counts.findLastIndex((inBucket) => inBucket > 0);
  if (top >= 0) return boundOf(sketch.offset + top + 1, sketch.scale);
  return sketch.zeroCount > 0 ? 0 : undefined;
}

/** The lower bound of the bucket with this index; between two indexes, by their geometric mean. */
export function boundOf(index: number, scale: number): number {
  return 2 ** (index * 2 ** -scale);
}
