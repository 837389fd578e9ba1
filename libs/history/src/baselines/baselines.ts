import { rollupSubject, type RollupRecord, type StatementRollup } from '@omninode/contracts';
import { sketchOf } from '../book/kept-hour.js';
import { hourMs, hourOf } from '../keeper/hours.js';
import { subjectNameOf, type SubjectName } from '../keeper/subject-name.js';
import { quantileOf } from '../sketch/quantile.js';
import { sketchOfValue } from '../sketch/sketch-of.js';
import { mergeSketches, type Sketch } from '../sketch/sketch-sum.js';
import { slotOf, weekOf } from './hour-of-week.js';
import { allWeeks, withoutWeek, withWeek, type Slot } from './slot.js';

export interface BaselineOptions {
  /** Series that have baselines; further ones are left out and counted. Each may take 168 sketches. */
  readonly series: number;
  /** Whether an alert of an entity fired in a time: such hours teach nothing. ms since 1970 UTC. */
  isAlerting(entity: string, fromMs: number, toMs: number): boolean;
}

/** Weeks of an hour of the week that are needed before it says what is usual. */
export const enoughWeeks = 3;

export interface SeriesBaselines {
  readonly subject: SubjectName;
  readonly slots: Map<number, Slot>;
  /** Hours that were left out because an alert fired. */
  frozenHours: number;
}

/** What is usual over a time. */
export interface Usual {
  /** Weeks of the hour that has the fewest; 0 when one has none. */
  readonly weeks: number;
  /** Values of all hours, weighted by week: durations, values of a gauge, hourly increases of a counter. */
  readonly values: Sketch;
  /** The sum of the medians of each hour: for a counter, its usual increase over the time. */
  readonly sumOfMedians: number;
}

/**
 * What is usual for each hour of the week, from closed hours only. The same in whatever order hours come, and whether they come
 * once or again.
 */
export class Baselines {
  readonly series = new Map<string, SeriesBaselines>();
  /** Hours of series for which there was no room. */
  leftOut = 0;

  constructor(private readonly options: BaselineOptions) {}

  take(record: RollupRecord): void {
    if (!record.closed || record.k === 'statement') return;
    const key = rollupSubject(record);
    let series = this.series.get(key);
    if (!series) {
      if (this.series.size >= this.options.series) {
        this.leftOut++;
        return;
      }
      this.series.set(key, (series = { subject: subjectNameOf(record), slots: new Map(), frozenHours: 0 }));
    }
    const { hour, entity } = record;
    const known = series.slots.get(slotOf(hour)) ?? [];
    const values = valuesOf(record);
    const isFrozen = this.options.isAlerting(entity, hour, hour + hourMs);
    if (isFrozen) series.frozenHours++;
    const slot = isFrozen ? withoutWeek(known, weekOf(hour)) : withWeek(known, weekOf(hour), values);
    if (slot.length > 0) series.slots.set(slotOf(hour), slot);
    else series.slots.delete(slotOf(hour));
  }

  /** What is usual from one time to another, whole hours; the weeks that lie in that time itself are part of it. */
  usual(key: string, fromMs: number, toMs: number): Usual | undefined {
    const series = this.series.get(key);
    if (!series) return undefined;
    const all: Sketch[] = [];
    let weeks = Infinity;
    let sumOfMedians = 0;
    for (let hour = hourOf(fromMs); hour < toMs; hour += hourMs) {
      const slot = series.slots.get(slotOf(hour));
      weeks = Math.min(weeks, slot?.length ?? 0);
      if (!slot) continue;
      const values = allWeeks(slot);
      all.push(values);
      sumOfMedians += quantileOf(values, 0.5) ?? 0;
    }
    return { weeks: weeks === Infinity ? 0 : weeks, values: mergeSketches(all), sumOfMedians };
  }
}

/** Statements have none: they are told only while they rank. */
function valuesOf(record: Exclude<RollupRecord, StatementRollup>): Sketch {
  switch (record.k) {
    case 'operation':
      return mergeSketches(Object.values(record.durations).map(sketchOf));
    case 'gauge':
      return sketchOf(record.values);
    case 'counter':
      return sketchOfValue(record.increase);
  }
}
