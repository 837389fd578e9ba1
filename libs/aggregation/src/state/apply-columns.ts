import type { Columns } from '@omninode/contracts';
import { counterCode, type SeriesStore } from '../store/series-store.js';
import type { Ledger } from './ledger.js';

/** The series that a record's indexes mean. */
export interface Resolved {
  readonly dictionary: Int32Array;
  readonly known: number;
  readonly knownSlots: number;
  readonly isPlain: boolean;
}

/**
 * Writes a record's values into the store: the hot path. The last writer by time wins, so seeing a record again changes
 * nothing. Returns false, with nothing written, when there are not as many values as the series have slots.
 */
export function applyColumns(
  store: SeriesStore,
  ledger: Ledger,
  resolved: Resolved,
  data: Columns,
  timeMs: number,
  nowMs: number,
): boolean {
  const { indexes, values, timeOffsetsMs } = data;
  const count = indexes ? indexes.length : data.known;
  if (slotsNamed(store, resolved, data, count) !== values.length) return false;

  applyStarts(store, ledger, resolved, data, timeMs);
  const { dictionary } = resolved;
  const { kinds, widths, slots, times, seen } = store;
  let at = 0;
  for (let nth = 0; nth < count; nth++) {
    const series = dictionary[indexes ? indexes[nth]! : nth]!;
    if (series < 0) {
      ledger.refusedPoints++;
      at += -series - 1;
      continue;
    }
    const width = widths[series]!;
    const pointMs = timeOffsetsMs ? timeMs + timeOffsetsMs[nth]! : timeMs;
    if (width === 0) continue;
    if (pointMs < times[series]!) ledger.latePoints++;
    else if (width === 1) {
      const value = values[at]!;
      // NaN is what the decoder left of a value that was no number; it is counted there.
      if (value === value) {
        const slot = slots[series]!;
        if (kinds[series] === counterCode && value < store.values[slot]!) restart(store, ledger, series, pointMs);
        store.values[slot] = value;
        times[series] = pointMs;
        seen[series] = nowMs;
      }
    } else applyHistogram(store, ledger, series, values, at, pointMs, nowMs);
    at += width;
  }
  applyExponentials(store, ledger, resolved, data, timeMs, nowMs);
  return true;
}

/** A dictionary keeps −1 − width for a series that was refused: its slots must be stepped over. */
export const refusedSeries = (width: number): number => -1 - width;

function slotsNamed(
  { widths }: SeriesStore,
  { dictionary, known, knownSlots, isPlain }: Resolved,
  { indexes }: Columns,
  count: number,
): number {
  if (isPlain) return count;
  if (!indexes && count === known) return knownSlots;
  let sum = 0;
  for (let nth = 0; nth < count; nth++) {
    const series = dictionary[indexes ? indexes[nth]! : nth]!;
    sum += series < 0 ? -series - 1 : widths[series]!;
  }
  return sum;
}

function applyHistogram(
  store: SeriesStore,
  ledger: Ledger,
  series: number,
  values: readonly number[],
  at: number,
  pointMs: number,
  nowMs: number,
): void {
  const width = store.widths[series]!;
  const slot = store.slots[series]!;
  let isComplete = true;
  let fell = false;
  // The last slot is the sum, which may fall.
  for (let nth = 0; nth < width; nth++) {
    const value = values[at + nth]!;
    if (value !== value) isComplete = false;
    if (nth < width - 1 && value < store.values[slot + nth]!) fell = true;
  }
  if (!isComplete) return;
  if (fell) restart(store, ledger, series, pointMs);
  for (let nth = 0; nth < width; nth++) store.values[slot + nth] = values[at + nth]!;
  store.times[series] = pointMs;
  store.seen[series] = nowMs;
}

/** The source began anew some time after the point before: when exactly nobody can say, so it is the time of the first new point. */
function restart(store: SeriesStore, ledger: Ledger, series: number, pointMs: number): void {
  ledger.resets++;
  if (store.starts[series]! <= store.times[series]!) store.starts[series] = pointMs;
}

function applyStarts(
  store: SeriesStore,
  ledger: Ledger,
  { dictionary }: Resolved,
  { starts }: Columns,
  timeMs: number,
): void {
  for (const [index, startMs] of starts) {
    const series = dictionary[index]!;
    if (series < 0 || timeMs < store.times[series]! || store.starts[series] === startMs) continue;
    // A source that restarted and has counted past its old value already does not fall: the new start tells.
    if (store.starts[series]! > 0 && startMs > store.times[series]!) {
      ledger.resets++;
      const slot = store.slots[series]!;
      store.values.fill(0, slot, slot + store.widths[series]!);
    }
    store.starts[series] = startMs;
  }
}

function applyExponentials(
  store: SeriesStore,
  ledger: Ledger,
  { dictionary }: Resolved,
  { exponentials }: Columns,
  timeMs: number,
  nowMs: number,
): void {
  for (const [index, value] of exponentials) {
    const series = dictionary[index]!;
    if (series < 0) ledger.refusedPoints++;
    else if (timeMs < store.times[series]!) ledger.latePoints++;
    else {
      store.exponentials.set(series, value);
      store.times[series] = timeMs;
      store.seen[series] = nowMs;
    }
  }
}
