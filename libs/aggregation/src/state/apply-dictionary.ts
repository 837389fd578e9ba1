import { slotsOf, type DictionarySlice } from '@omninode/contracts';
import type { SeriesStore } from '../store/series-store.js';
import { refusedSeries, type Resolved } from './apply-columns.js';
import type { ProducerState } from './producer-state.js';

/**
 * Adds a slice to a producer's dictionary. Slices are sent again and again; what is known is passed over. False when the slice
 * begins beyond what is known: series before it were never named.
 */
export function applyDictionary(store: SeriesStore, producer: ProducerState, slice: DictionarySlice): boolean {
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

function grown(dictionary: Int32Array): Int32Array {
  const larger = new Int32Array(dictionary.length * 2).fill(-1);
  larger.set(dictionary);
  return larger;
}
