import type { SeriesStore } from '../store/series-store.js';
import type { PartitionState } from './partition-state.js';

/**
 * Makes room: leaves out the series that nobody has sent since a time and that no remembered producer names any more. The
 * rest moves to a new store, so that a page which is being written from the old one stays whole.
 */
export function forgetSeries(state: PartitionState, beforeMs: number): void {
  const { store } = state;
  if (!isAnySilent(store, beforeMs)) return;
  const isNamed = namedSeries(state);
  const isKept = (series: number) => isNamed[series] === 1 || store.seen[series]! >= beforeMs;
  let kept = 0;
  for (let series = 0; series < store.size; series++) if (isKept(series)) kept++;
  if ((store.size - kept) * leastShare < store.size) return;
  const { store: moved, numbers } = store.copyOf(isKept);
  for (const { dictionary, known } of state.producers) {
    for (let index = 0; index < known; index++) {
      if (dictionary[index]! >= 0) dictionary[index] = numbers[dictionary[index]!]!;
    }
  }
  state.store = moved;
}

/** Moving costs about a microsecond a series, so it waits until a tenth of them can go. */
const leastShare = 10;

function isAnySilent({ size, seen }: SeriesStore, beforeMs: number): boolean {
  for (let series = 0; series < size; series++) if (seen[series]! < beforeMs) return true;
  return false;
}

function namedSeries({ store, producers }: PartitionState): Uint8Array {
  const isNamed = new Uint8Array(store.size);
  for (const { dictionary, known } of producers) {
    for (let index = 0; index < known; index++) if (dictionary[index]! >= 0) isNamed[dictionary[index]!] = 1;
  }
  return isNamed;
}
