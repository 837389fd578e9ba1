import type { ExponentialValue } from '@omninode/contracts';
import type { Course } from './course.js';

/** One more recovery in their distribution, whose buckets grow by 2^(1/8): about 4 % relative error. */
export function addRecovery(distribution: ExponentialValue | null, seconds: number): NonNullable<Course['recovery']> {
  const before = distribution ?? { zeroCount: 0, sum: 0, offset: 0, counts: [] };
  const sum = before.sum + seconds;
  if (seconds <= 0) return { ...before, scale, counts: [...before.counts], sum, zeroCount: before.zeroCount + 1 };
  const index = bucketOf(Math.min(longestSeconds, Math.max(shortestSeconds, seconds)));
  const isEmpty = before.counts.length === 0;
  const offset = isEmpty ? index : Math.min(before.offset, index);
  const end = isEmpty ? index + 1 : Math.max(before.offset + before.counts.length, index + 1);
  const counts = Array.from({ length: end - offset }, (_, at) => before.counts[offset + at - before.offset] ?? 0);
  counts[index - offset] = (counts[index - offset] ?? 0) + 1;
  return { ...before, scale, sum, offset, counts };
}

const scale = 3;
/** Bounds of the buckets, so that there are at most 234 of them. */
const [shortestSeconds, longestSeconds] = [0.001, 7 * 86_400];

/** Bucket i is (base^i, base^(i+1)], base = 2^(2^-scale): https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-buckets */
function bucketOf(seconds: number): number {
  return Math.ceil(Math.log2(seconds) * 2 ** scale) - 1;
}
