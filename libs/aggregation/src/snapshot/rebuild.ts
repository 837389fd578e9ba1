import { slotsOf } from '@omninode/contracts';
import { aggregationErrors } from '../errors.js';
import { refusedSeries } from '../state/apply-columns.js';
import { PartitionState } from '../state/partition-state.js';
import { newProducer, type ProducerState } from '../state/producer-state.js';
import { RecentEvents } from '../state/recent-events.js';
import { SequenceMarks } from '../state/sequence-marks.js';
import { SeriesStore, type StoreLimits } from '../store/series-store.js';
import type { ProducerForm, SnapshotForm } from './snapshot.js';

/** Series that nobody has sent for this long are not taken over: if they come back, they begin anew. */
const forgetAfterMs = 24 * 3_600_000;

/** Makes the state of its form. Series that were refused by narrower limits stay refused only until their dictionary is sent again. */
export function rebuild(form: SnapshotForm, limits: StoreLimits): PartitionState {
  const state = new PartitionState(limits);
  const numbers = rebuildStore(state.store, form);
  state.nextOffset = form.nextOffset;
  state.beganLateAtMs = form.beganLateAtMs;
  Object.assign(state.ledger, form.ledger);
  state.events = RecentEvents.of({ newest: [...form.events.newest], ring: [...form.events.ring] });
  for (const [entity, timeMs] of form.newestData) state.newestData.set(entity, timeMs);
  for (const producer of form.producers) state.producers.add(rebuildProducer(producer, state.store, numbers, form));
  return state;
}

/** The new number of each series of the form; −1 for those that were left out. */
function rebuildStore(store: SeriesStore, form: SnapshotForm): Int32Array {
  const newestMs = form.seen.reduce((newest, seenMs) => Math.max(newest, seenMs), 0);
  const numbers = new Int32Array(form.series.length).fill(-1);
  let slot = 0;
  form.series.forEach(([entity, metricIndex, labelValues], old) => {
    const metric = form.metrics[metricIndex]!;
    const width = slotsOf(metric.kind, metric.bounds);
    const from = slot;
    slot += width;
    if (form.seen[old]! < newestMs - forgetAfterMs) return;
    const number = store.define(form.entities[entity]!, metric, labelValues);
    if (number < 0) return;
    numbers[old] = number;
    store.times[number] = form.times[old]!;
    store.seen[number] = form.seen[old]!;
    store.starts[number] = form.starts[old]!;
    for (let nth = 0; nth < width; nth++) store.values[store.slots[number]! + nth] = form.values[from + nth]!;
  });
  if (slot !== form.values.length)
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: 'its columns do not fit each other' });
  for (const [old, value] of form.exponentials) if (numbers[old]! >= 0) store.exponentials.set(numbers[old]!, value);
  return numbers;
}

function rebuildProducer(
  form: ProducerForm,
  store: SeriesStore,
  numbers: Int32Array,
  { series, metrics }: SnapshotForm,
): ProducerState {
  const { marks, dictionary, ...rest } = form;
  const producer: ProducerState = {
    ...newProducer(rest),
    ...rest,
    marks: new SequenceMarks(marks.base, marks.contiguous, marks.beyond),
    dictionary: new Int32Array(Math.max(64, dictionary.length)).fill(-1),
    known: dictionary.length,
  };
  dictionary.forEach((old, index) => {
    const number = old < 0 ? old : numbers[old]!;
    const width = old < 0 ? -old - 1 : widthOf(old);
    producer.dictionary[index] = number < 0 && old >= 0 ? refusedSeries(width) : number;
    producer.knownSlots += width;
    if (width !== 1) producer.isPlain = false;
  });
  return producer;

  function widthOf(old: number): number {
    const { kind, bounds } = metrics[series[old]![1]]!;
    return slotsOf(kind, bounds);
  }
}
