import { slotsOf, type DictionarySlice } from '@omninode/contracts';
import type { SeriesStore } from '../store/series-store.js';
import type { ProducerState } from './producer-state.js';

/** The series that a record's indexes mean. */
export interface Resolved {
  readonly dictionary: Int32Array;
  readonly known: number;
  readonly knownSlots: number;
  readonly isPlain: boolean;
}

/** A dictionary keeps −1 − width for a series that was refused: its slots must be stepped over. */
export const refusedSeries = (width: number): number => -1 - width;

/**
 * Adds a slice to a producer's dictionary. Slices are sent again and again; what is known is passed over. False when the slice
 * begins beyond what is known: series before it were never named. `takesOver`: an older incarnation wrote the same series; what
 * it wrote from the first time stamp of this one on does not count, so it must not make this one's points late.
 */
export function applyDictionary(
  store: SeriesStore,
  producer: ProducerState,
  slice: DictionarySlice,
  takesOver: boolean,
): boolean {
  if (slice.from > producer.known) return false;
  slice.series.forEach(([metricIndex, labelValues], nth) => {
    const index = slice.from + nth;
    const isNew = index === producer.known;
    // What was refused is tried again each time: there may be room now.
    if (!isNew && producer.dictionary[index]! >= 0) return;
    const metric = slice.metrics[metricIndex]!;
    const width = slotsOf(metric.kind, metric.bounds);
    const number = store.define(producer.entity, metric, labelValues);
    if (index >= producer.dictionary.length) producer.dictionary = grown(producer.dictionary);
    producer.dictionary[index] = number < 0 ? refusedSeries(width) : number;
    if (!isNew) return;
    if (takesOver && number >= 0) takeOver(store, number, producer.firstTimeMs - 1);
    producer.known++;
    producer.knownSlots += width;
    if (width !== 1) producer.isPlain = false;
  });
  return true;
}

/** The series of a record in rows: its own dictionary, which ends with it. */
export function resolveRows(store: SeriesStore, entity: string, slice: DictionarySlice): Resolved {
  const dictionary = new Int32Array(slice.series.length);
  let knownSlots = 0;
  slice.series.forEach(([metricIndex, labelValues], nth) => {
    const metric = slice.metrics[metricIndex]!;
    const width = slotsOf(metric.kind, metric.bounds);
    const number = store.define(entity, metric, labelValues);
    dictionary[nth] = number < 0 ? refusedSeries(width) : number;
    knownSlots += width;
  });
  return { dictionary, known: slice.series.length, knownSlots, isPlain: false };
}

/** A start that is later than the latest point would mean a restart that is still to come (`countRestart`). */
function takeOver({ times, starts }: SeriesStore, series: number, latestMs: number): void {
  times[series] = Math.min(times[series]!, latestMs);
  starts[series] = Math.min(starts[series]!, latestMs);
}

function grown(dictionary: Int32Array): Int32Array {
  const larger = new Int32Array(dictionary.length * 2).fill(-1);
  larger.set(dictionary);
  return larger;
}
