import { slotsOf, type DecodedRecord, type ExponentialValue } from '@omninode/contracts';
import type { Series, SeriesOf } from './dictionaries.js';

/** One value of a series. */
export interface Point {
  readonly series: Series;
  readonly timeMs: number;
  /** When the source began to count; absent: not said in this record. */
  readonly startMs?: number;
  readonly value: number | Distribution | ExponentialValue;
}

export interface Distribution {
  readonly bounds: readonly number[];
  /** One more than bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export interface Points {
  readonly points: readonly Point[];
  /** Values of series that nobody told us of: their dictionary came before we began to read. */
  readonly unknown: number;
}

/** The values of a record with the series that they belong to. */
export function pointsOf({ data, timeMs }: DecodedRecord, seriesOf: SeriesOf): Points {
  if (!data) return { points: [], unknown: 0 };
  const starts = new Map(data.starts);
  const points: Point[] = [];
  const add = (index: number, series: Series, value: Point['value'], offsetMs = 0) => {
    const startMs = starts.get(index);
    points.push({ series, timeMs: timeMs + offsetMs, value, ...(startMs !== undefined && { startMs }) });
  };
  let unknown = 0;
  let slot = 0;
  const indexes = data.indexes ?? Array.from({ length: data.known }, (_, index) => index);
  for (const [nth, index] of indexes.entries()) {
    const series = seriesOf(index);
    if (!series) {
      // How many slots it has is not known either, so nothing behind it can be told apart.
      unknown += indexes.length - nth;
      break;
    }
    const { kind, bounds } = series.metric;
    const slots = slotsOf(kind, bounds);
    const values = data.values.slice(slot, slot + slots);
    slot += slots;
    if (slots === 0 || values.length < slots || values.some(Number.isNaN)) continue;
    const value = kind === 'histogram' ? { bounds, counts: values.slice(0, -1), sum: values.at(-1)! } : values[0]!;
    add(index, series, value, data.timeOffsetsMs?.[nth]);
  }
  for (const [index, value] of data.exponentials) {
    const series = seriesOf(index);
    if (series) add(index, series, value);
    else unknown++;
  }
  return { points, unknown };
}
