import { SketchSum, type Sketch } from '../sketch/sketch-sum.js';
import type { SumOfRuns } from './cumulative.js';

export const sumOfCounts: SumOfRuns<number> = (runs, base = 0) => {
  if (runs[0]!.value < base) return undefined;
  let sum = -base;
  for (const { value } of runs) sum += value;
  return sum;
};

/** The finest scale of the wire: a difference is taken at the scale that the source has come to. */
const finestScale = 20;

export const sumOfSketches: SumOfRuns<Sketch> = (runs, base) => {
  const sum = new SketchSum(finestScale);
  for (const { value } of runs) sum.add(value);
  if (base) sum.addTimes(base, -1);
  return sum.isBelowZero ? undefined : sum.value();
};
