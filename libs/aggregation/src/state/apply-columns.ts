import type { Columns } from '@omninode/contracts';
import { counterCode, type SeriesStore } from '../store/series-store.js';
import type { Resolved } from './apply-dictionary.js';
import { applyExponentials } from './apply-exponentials.js';
import type { Ledger } from './ledger.js';
import { countCutOff, type Moment } from './moment.js';
import { noteStart, takeRestart } from './restart.js';

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
  moment: Moment,
): boolean {
  const { indexes, values, timeOffsetsMs } = data;
  const count = indexes ? indexes.length : data.known;
  if (slotsNamed(store, resolved, data, count) !== values.length) return false;

  const cutoffMs = Math.min(moment.fencedFromMs, moment.futureFromMs);
  if (timeMs < cutoffMs) applyStarts(store, ledger, resolved, data, timeMs);
  const { dictionary } = resolved;
  const { widths, times, seen } = store;
  let at = 0;
  for (let nth = 0; nth < count; nth++) {
    const series = dictionary[indexes ? indexes[nth]! : nth]!;
    if (series < 0) {
      ledger.refusedPoints++;
      at += -series - 1;
      continue;
    }
    const width = widths[series]!;
    const from = at;
    at += width;
    if (width === 0) continue;
    const pointMs = timeOffsetsMs ? timeMs + timeOffsetsMs[nth]! : timeMs;
    if (pointMs >= cutoffMs) countCutOff(ledger, pointMs, moment);
    else if (pointMs < times[series]!) ledger.latePoints++;
    else if (
      width === 1
        ? takeValue(store, ledger, series, values, from, pointMs)
        : takeHistogram(store, ledger, series, values, from, pointMs)
    ) {
      times[series] = pointMs;
      seen[series] = moment.nowMs;
    }
  }
  applyExponentials(store, ledger, resolved, data, timeMs, moment);
  return true;
}

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

function applyStarts(
  store: SeriesStore,
  ledger: Ledger,
  { dictionary }: Resolved,
  { starts }: Columns,
  timeMs: number,
): void {
  for (const [index, startMs] of starts) {
    const series = dictionary[index]!;
    if (series >= 0 && timeMs >= store.times[series]!) noteStart(store, ledger, series, startMs);
  }
}

/** NaN is what the decoder left of a value that was no number, and counted. */
function takeValue(
  store: SeriesStore,
  ledger: Ledger,
  series: number,
  values: readonly number[],
  at: number,
  pointMs: number,
): boolean {
  const value = values[at]!;
  if (value !== value) return false;
  const slot = store.slots[series]!;
  if (store.kinds[series] === counterCode && value < store.values[slot]!) {
    return takeRestart(store, ledger, series, values, at, pointMs);
  }
  store.values[slot] = value;
  return true;
}

function takeHistogram(
  store: SeriesStore,
  ledger: Ledger,
  series: number,
  values: readonly number[],
  at: number,
  pointMs: number,
): boolean {
  const width = store.widths[series]!;
  const slot = store.slots[series]!;
  let fell = false;
  for (let nth = 0; nth < width; nth++) {
    const value = values[at + nth]!;
    if (value !== value) return false;
    // The last slot is the sum, which falls when negative values are observed.
    if (nth < width - 1 && value < store.values[slot + nth]!) fell = true;
  }
  if (fell) return takeRestart(store, ledger, series, values, at, pointMs);
  for (let nth = 0; nth < width; nth++) store.values[slot + nth] = values[at + nth]!;
  return true;
}
