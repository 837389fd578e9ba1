import type { PartitionState, ProducerState } from '@omninode/aggregation';
import type { Columns, DecodedRecord } from '@omninode/contracts';
import { sketchOfBuckets } from '../sketch/sketch-of.js';
import type { Sketch } from '../sketch/sketch-sum.js';
import type { SourceIndex } from './producer-sources.js';
import type { Source } from './subject.js';

type Store = PartitionState['store'];

/** `startMs`: when its source began to count, as far as that is known for the time of the point; else 0. ms since 1970 UTC. */
export type TakePoint = (source: Source, atMs: number, startMs: number, value: number | Sketch) => void;

/**
 * Hands over the points of a record that rollups are made of. Values come from the store, which took them a moment ago; only
 * those that it found late are read from the record. What it refused (fenced, from the future, no number) is passed over.
 */
export function eachPoint(
  { store, producers }: PartitionState,
  index: SourceIndex,
  record: DecodedRecord,
  nowMs: number,
  take: TakePoint,
): void {
  const { data, dictionary, entity, incarnation, producer: name, timeMs } = record;
  if (!data) return;
  if (record.encoding === 'rows') {
    if (dictionary) eachRow(store, index, record, nowMs, take);
    return;
  }
  const producer = incarnation === null ? undefined : producers.find(entity, name, incarnation);
  if (!producer) return;
  const { byIndex, plain } = index.ofProducer(store, producer, dictionary !== null);
  const cutOffMs = Math.min(producer.fencedFromMs, nowMs + futureToleranceMs);
  const { indexes, timeOffsetsMs } = data;
  const one = (source: Source, nth: number, at: number) => {
    const series = producer.dictionary[at]!;
    const atMs = timeOffsetsMs ? timeMs + timeOffsetsMs[nth]! : timeMs;
    if (atMs === store.times[series])
      take(source, atMs, startOf(store, series, atMs), valueOf(store, series, store.values, store.slots[series]!));
    else if (atMs < store.times[series]! && atMs < cutOffMs) {
      const slot = slotBefore(store, producer, data, nth);
      take(source, atMs, startOf(store, series, atMs), valueOf(store, series, data.values, slot));
    }
  };
  if (!indexes) for (const at of plain) if (at < data.known) one(byIndex[at]!, at, at);
  if (indexes) {
    for (let nth = 0; nth < indexes.length; nth++) {
      const source = byIndex[indexes[nth]!];
      if (source && store.widths[producer.dictionary[indexes[nth]!]!]! > 0) one(source, nth, indexes[nth]!);
    }
  }
  for (const [at, value] of data.exponentials) {
    const source = byIndex[at];
    const series = producer.dictionary[at]!;
    if (!source || timeMs > store.times[series]! || (timeMs < store.times[series]! && timeMs >= cutOffMs)) continue;
    // The store's copy, which nobody writes to; the record's own arrays end with it.
    const kept = timeMs === store.times[series] ? store.exponentials.get(series) : undefined;
    take(source, timeMs, startOf(store, series, timeMs), kept ?? { ...value, counts: [...value.counts] });
  }
}

/** As the state judges it: points that claim to be from later are refused. */
const futureToleranceMs = 5 * 60_000 + 1;

function eachRow(store: Store, index: SourceIndex, record: DecodedRecord, nowMs: number, take: TakePoint): void {
  const { entity, dictionary, data, timeMs } = record;
  let slot = 0;
  for (const [nth, [metricAt, labelValues]] of dictionary!.series.entries()) {
    const metric = dictionary!.metrics[metricAt]!;
    const from = slot;
    slot += metric.kind === 'histogram' ? metric.bounds.length + 2 : 1;
    // Defined already: this only finds its number.
    const series = store.define(entity, metric, labelValues);
    const source = series < 0 ? null : index.of(store, series);
    if (!source) continue;
    const { timeOffsetsMs, values } = data!;
    const atMs = timeOffsetsMs ? timeMs + timeOffsetsMs[nth]! : timeMs;
    if (atMs > store.times[series]! || atMs >= nowMs + futureToleranceMs) continue;
    take(source, atMs, startOf(store, series, atMs), valueOf(store, series, values, from));
  }
}

function valueOf(store: Store, series: number, values: ArrayLike<number>, from: number): number | Sketch {
  if (store.widths[series] === 1) return values[from]!;
  return sketchOfBuckets(store.series[series]!.metric.bounds, values, from);
}

/** The start that the store knows is the newest run's: of a point before it nobody knows when its run began. */
function startOf({ starts }: Store, series: number, atMs: number): number {
  return starts[series]! <= atMs ? starts[series]! : 0;
}

function slotBefore(store: Store, { dictionary }: ProducerState, { indexes }: Columns, nth: number): number {
  let slot = 0;
  for (let before = 0; before < nth; before++) {
    const series = dictionary[indexes ? indexes[before]! : before]!;
    slot += series < 0 ? -series - 1 : store.widths[series]!;
  }
  return slot;
}
