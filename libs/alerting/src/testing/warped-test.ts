import { readSeriesValues } from '../rule-tests/series-values.js';
import type { KindOf } from '../rule-tests/test-records.js';
import type { RuleTest, TestSeries } from '../rules/rule.js';

/**
 * Another test made of this one: its intervals last longer or are left out by chance, twice in a row, and gauges are a little higher
 * or lower. What depends on each other stays together: all series are stretched alike.
 */
export function warpedTest(test: RuleTest, kindOf: KindOf, chance: () => number): RuleTest {
  const all = test.series.map(({ values }) => readSeriesValues(values)!);
  const length = Math.max(...all.map((values) => values.length));
  const steps = [...stretched(length, chance), ...stretched(length, chance)];
  const series = test.series.map((each, at) =>
    warped(each, all[at]!, steps, kindOf(each.metric) === 'counter', chance),
  );
  return { ...test, series, expect: [] };
}

function stretched(length: number, chance: () => number): number[] {
  const steps: number[] = [];
  let factor = 1;
  for (let step = 0; step < length; step++) {
    // What lasts longer does so for a while, or it would only be noise.
    if (step % 8 === 0) factor = 0.5 + chance() * 2;
    for (let debt = factor; debt > chance(); debt--) steps.push(step);
  }
  return steps;
}

function warped(
  series: TestSeries,
  values: readonly (number | undefined)[],
  steps: readonly number[],
  isCounter: boolean,
  chance: () => number,
): TestSeries {
  let total = values[0] ?? 0;
  const told = steps.map((step) => {
    const value = values[step];
    if (value === undefined) return '_';
    if (!isCounter)
      return String(value === 0 || value === 1 ? value : Number((value * (0.99 + chance() * 0.02)).toPrecision(6)));
    total += Math.max(0, value - (values[step - 1] ?? value));
    return String(total);
  });
  return { ...series, values: told.join(' ') };
}

/** Numbers from 0 to 1 that are the same in each run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
