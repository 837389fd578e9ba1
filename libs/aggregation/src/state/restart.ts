import { kindCodes, type SeriesStore } from '../store/series-store.js';
import type { Ledger } from './ledger.js';

/**
 * Takes the start that a source told of. One that is newer than the last point is a restart, although a source that has
 * counted past its old value already does not fall. The value stays until the next point: what is not known yet is not 0.
 */
export function noteStart(store: SeriesStore, ledger: Ledger, series: number, startMs: number): void {
  if (store.kinds[series] === kindCodes.gauge) return;
  if (store.starts[series] === startMs) return;
  store.starts[series] = startMs;
  const hasPoint = store.times[series]! > 0;
  if (hasPoint && startMs > store.times[series]!) ledger.resets++;
}

/** Takes the first point of a count that fell and therefore began anew. False for a point that can't be a count. */
export function takeRestart(
  store: SeriesStore,
  ledger: Ledger,
  series: number,
  values: readonly number[],
  at: number,
  pointMs: number,
): boolean {
  const width = store.widths[series]!;
  const counts = width === 1 ? 1 : width - 1;
  for (let nth = 0; nth < counts; nth++) {
    if (values[at + nth]! >= 0) continue;
    ledger.rejectedPoints++;
    return false;
  }
  countRestart(store, ledger, series, pointMs);
  const slot = store.slots[series]!;
  for (let nth = 0; nth < width; nth++) store.values[slot + nth] = values[at + nth]!;
  return true;
}

/** When the source began anew nobody can say, unless it said so itself (`noteStart`, which counted it): so at the first new point. */
export function countRestart(store: SeriesStore, ledger: Ledger, series: number, pointMs: number): void {
  if (store.starts[series]! > store.times[series]!) return;
  ledger.resets++;
  store.starts[series] = pointMs;
}
