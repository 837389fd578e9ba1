import { slotsOf } from '@omninode/contracts';
import { aggregationErrors } from '../errors.js';
import { refusedSeries } from '../state/apply-dictionary.js';
import { PartitionState } from '../state/partition-state.js';
import { newProducer, type ProducerState } from '../state/producer-state.js';
import { RecentEvents } from '../state/recent-events.js';
import { SequenceMarks } from '../state/sequence-marks.js';
import { SeriesStore, type StoreLimits } from '../store/series-store.js';
import type { ProducerForm, SnapshotForm } from './snapshot.js';

/** Makes the state of its form. Series that were refused by narrower limits stay refused only until their dictionary is sent again. */
export function rebuild(form: SnapshotForm, limits: StoreLimits): PartitionState {
  const state = new PartitionState(limits);
  const numbers = rebuildStore(state.store, form);
  state.nextOffset = form.nextOffset;
  state.beganLateAtMs = form.beganLateAtMs;
  Object.assign(state.ledger, form.ledger);
  state.events = RecentEvents.of(form.events);
  state.beside = form.beside ?? {};
  for (const [entity, timeMs] of form.newestData) state.newestData.set(entity, timeMs);
  for (const [producer, dictionary] of form.producers)
    state.producers.add(rebuildProducer(producer, dictionary, numbers, form));
  return state;
}

/** The new number of each series of the form; −1 for those that the limits refuse. */
function rebuildStore(store: SeriesStore, form: SnapshotForm): Int32Array {
  const count = form.series.length;
  if ([form.times, form.seen, form.starts].some((column) => column.length !== count)) throw columnsDiffer();
  const numbers = new Int32Array(count).fill(-1);
  let slot = 0;
  for (const [old, [entity, metricIndex, labelValues]] of form.series.entries()) {
    const metric = form.metrics[metricIndex]!;
    const from = slot;
    slot += slotsOf(metric.kind, metric.bounds);
    const number = store.define(form.entities[entity]!, metric, labelValues);
    if (number < 0) continue;
    numbers[old] = number;
    store.times[number] = form.times[old]!;
    store.seen[number] = form.seen[old]!;
    store.starts[number] = form.starts[old]!;
    for (let at = from; at < slot; at++) store.values[store.slots[number]! + at - from] = form.values[at]!;
  }
  if (slot !== form.values.length) throw columnsDiffer();
  for (const [old, value] of form.exponentials) if (numbers[old]! >= 0) store.exponentials.set(numbers[old]!, value);
  return numbers;
}

function columnsDiffer(): Error {
  return aggregationErrors.SNAPSHOT_UNUSABLE({ reason: 'its columns differ in length' });
}

function rebuildProducer(
  form: ProducerForm,
  dictionary: readonly number[],
  numbers: Int32Array,
  { series, metrics }: SnapshotForm,
): ProducerState {
  const { marks, parked, ...rest } = form;
  const producer: ProducerState = {
    ...newProducer(rest),
    ...rest,
    marks: new SequenceMarks(marks.base, marks.contiguous, marks.beyond, marks.givenUp),
    parked: new Set(parked),
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
