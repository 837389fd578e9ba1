import { SketchSum, type Sketch } from '../sketch/sketch-sum.js';

/** What a week counts less than the one after it. */
export const decayPerWeek = 0.9;
/** Coarser than rollups: a slot is kept for each hour of the week. Quantiles are off by 4.4 % at most. */
const slotScale = 3;
/** As many as the rollup topic reaches back, so that a replica that has just read it knows as much as the others. */
const mostWeeks = 5;

/** One hour of the week of one series: its newest weeks, the earliest first. They may come in any order, and again. */
export type Slot = readonly SlotWeek[];

export interface SlotWeek {
  readonly week: number;
  readonly values: Sketch;
}

export function withWeek(slot: Slot, week: number, hour: Sketch): Slot {
  const values = new SketchSum(slotScale).add(hour).value();
  const weeks = [...withoutWeek(slot, week), { week, values }];
  return weeks.sort((a, b) => a.week - b.week).slice(-mostWeeks);
}

export function withoutWeek(slot: Slot, week: number): Slot {
  return slot.filter((each) => each.week !== week);
}

/** All weeks, the newest with weight 1. */
export function allWeeks(slot: Slot): Sketch {
  const newest = slot.at(-1)?.week ?? 0;
  const sum = new SketchSum(slotScale);
  for (const { week, values } of slot) sum.addTimes(values, decayPerWeek ** (newest - week));
  return sum.value();
}
