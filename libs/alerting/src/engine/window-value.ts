import type { Rule } from '../rules/rule.js';
import { explicitQuantile, exponentialQuantile, quantileOf } from './quantile.js';
import type { SampleRing } from './sample-ring.js';
import type { Side } from './side.js';

/** What a rule's window says at a time; undefined: too little is known for a verdict. */
export function windowValue(rule: Rule, main: Side, per: Side | undefined, timeMs: number): number | undefined {
  const { signal, minSamples } = rule;
  if (samplesIn(main, timeMs, rule.window.overMs) < minSamples) return undefined;
  if (!per) return valueOf(rule, main, timeMs);
  if (samplesIn(per, timeMs, rule.window.overMs) < minSamples) return undefined;
  const whole = valueOf(rule, per, timeMs);
  // Nothing can be a share of nothing.
  if (whole === undefined || whole === 0 || whole < signal.minVolume) return undefined;
  const part = valueOf(rule, main, timeMs);
  return part === undefined ? undefined : part / whole;
}

/** Samples of a side in the window before a time. */
export function samplesIn({ ring, histogram }: Side, timeMs: number, overMs: number): number {
  if (ring) return ring.to - ring.firstAfter(timeMs - overMs);
  return histogram!.samplesIn(timeMs);
}

function valueOf({ window: { fn, overMs, q }, signal }: Rule, side: Side, timeMs: number): number | undefined {
  if (side.histogram) return histogramValue(side, fn, q, overMs, signal.per ? 0 : signal.minVolume, timeMs);
  const ring = side.ring!;
  const first = ring.firstAfter(timeMs - overMs);
  const { times, values, to } = ring;
  if (first === to) return undefined;
  switch (fn) {
    case 'last':
      return values[to - 1];
    case 'count':
      return to - first;
    case 'increase':
      return increase(ring, first);
    case 'rate':
      return (increase(ring, first) / Math.max(overMs, timeMs - times[Math.max(ring.from, first - 1)]!)) * 1000;
    case 'sum':
      return sumOf(values, first, to);
    case 'avg':
      return sumOf(values, first, to) / (to - first);
    case 'min':
      return least(values, first, to, 1);
    case 'max':
      return -least(values, first, to, -1);
    case 'quantile':
      return quantileOf(
        [...values.subarray(first, to)].sort((a, b) => a - b),
        q,
      );
    case 'absent':
      return 0;
  }
}

/** From what it was when the window began, or when it was first seen. */
function increase({ values, from, to }: SampleRing, first: number): number {
  return values[to - 1]! - values[Math.max(from, first - 1)]!;
}

function sumOf(values: Float64Array, first: number, to: number): number {
  let sum = 0;
  for (let at = first; at < to; at++) sum += values[at]!;
  return sum;
}

function least(values: Float64Array, first: number, to: number, sign: 1 | -1): number {
  let smallest = Infinity;
  for (let at = first; at < to; at++) if (values[at]! * sign < smallest) smallest = values[at]! * sign;
  return smallest;
}

function histogramValue(
  { histogram, signal, bounds }: Side,
  fn: Rule['window']['fn'],
  q: number,
  overMs: number,
  minVolume: number,
  timeMs: number,
): number | undefined {
  const { counts, count, sum } = histogram!.total(timeMs);
  if (fn === 'count' || fn === 'increase') return count;
  if (fn === 'rate') return (count / overMs) * 1000;
  if (count <= 0 || count < minVolume) return undefined;
  if (fn === 'avg') return sum / count;
  return signal.kind === 'exponential'
    ? exponentialQuantile(counts, count, histogram!.scale, q)
    : explicitQuantile(counts, count, bounds, q);
}
