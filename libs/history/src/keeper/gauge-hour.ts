import { SketchSum } from '../sketch/sketch-sum.js';
import { sketchOfValue } from '../sketch/sketch-of.js';

/** The values of a gauge in one hour. */
export interface GaugeHour {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
  /** When the last one was taken, ms since 1970 UTC. */
  lastMs: number;
  readonly values: SketchSum;
}

export function withValue(hour: GaugeHour | undefined, value: number, atMs: number): GaugeHour {
  const bucket = sketchOfValue(value);
  if (!hour) {
    const values = new SketchSum().add(bucket);
    return { count: 1, sum: value, min: value, max: value, last: value, lastMs: atMs, values };
  }
  hour.count++;
  hour.sum += value;
  if (value < hour.min) hour.min = value;
  if (value > hour.max) hour.max = value;
  if (atMs > hour.lastMs || (atMs === hour.lastMs && value > hour.last)) {
    hour.last = value;
    hour.lastMs = atMs;
  }
  hour.values.add(bucket);
  return hour;
}
