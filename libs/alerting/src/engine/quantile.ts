import { zeroBucket } from './histogram-window.js';

/** The q-th value of a sorted list, between its neighbours in proportion, as Prometheus' `quantile_over_time` takes it. */
export function quantileOf(sorted: readonly number[], q: number): number {
  const rank = q * (sorted.length - 1);
  const below = Math.floor(rank);
  const lower = sorted[below]!;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return lower + (upper - lower) * (rank - below);
}

/** The q-th value of exponential buckets: within its bucket by its logarithm, so within half a bucket's width. */
export function exponentialQuantile(
  counts: ReadonlyMap<number, number>,
  count: number,
  scale: number,
  q: number,
): number {
  let rank = q * count;
  for (const bucket of [...counts.keys()].sort((a, b) => a - b)) {
    const inside = counts.get(bucket)!;
    if (rank > inside) {
      rank -= inside;
      continue;
    }
    if (bucket === zeroBucket) return 0;
    return 2 ** ((bucket + (inside > 0 ? rank / inside : 1)) * 2 ** -scale);
  }
  return 0;
}

/** The q-th value of explicit buckets, in proportion within its bucket, as `histogram_quantile`: beyond the last bound, that bound. */
export function explicitQuantile(
  counts: ReadonlyMap<number, number>,
  count: number,
  bounds: readonly number[],
  q: number,
): number {
  let rank = q * count;
  for (let bucket = 0; bucket < bounds.length; bucket++) {
    const inside = counts.get(bucket) ?? 0;
    if (rank > inside) {
      rank -= inside;
      continue;
    }
    const upper = bounds[bucket]!;
    const lower = bucket > 0 ? bounds[bucket - 1]! : Math.min(0, upper);
    return inside > 0 ? lower + ((upper - lower) * rank) / inside : upper;
  }
  return bounds.at(-1) ?? 0;
}
