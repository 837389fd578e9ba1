import type { Columns, ExponentialValue } from '@omninode/contracts';
import { kindCodes, type SeriesStore } from '../store/series-store.js';
import type { Resolved } from './apply-dictionary.js';
import type { Ledger } from './ledger.js';
import { countCutOff, type Moment } from './moment.js';
import { countRestart } from './restart.js';

/** Writes a record's exponential histograms. They are copied: the arrays belong to the record. */
export function applyExponentials(
  store: SeriesStore,
  ledger: Ledger,
  { dictionary }: Resolved,
  { exponentials }: Columns,
  timeMs: number,
  moment: Moment,
): void {
  for (const [index, value] of exponentials) {
    const series = dictionary[index]!;
    if (series < 0) ledger.refusedPoints++;
    else if (store.kinds[series] !== kindCodes.exponential) ledger.rejectedPoints++;
    else if (timeMs >= Math.min(moment.fencedFromMs, moment.futureFromMs)) countCutOff(ledger, timeMs, moment);
    else if (timeMs < store.times[series]!) ledger.latePoints++;
    else {
      const last = store.exponentials.get(series);
      if (last && countOf(value) < countOf(last)) countRestart(store, ledger, series, timeMs);
      store.exponentials.set(series, { ...value, counts: [...value.counts] });
      store.times[series] = timeMs;
      store.seen[series] = moment.nowMs;
    }
  }
}

function countOf({ zeroCount, counts }: ExponentialValue): number {
  return counts.reduce((sum, count) => sum + count, zeroCount);
}
