import type { PartitionState, ProducerState } from '@omninode/aggregation';
import type { Source } from './subject.js';
import type { Subjects } from './subjects.js';

type Store = PartitionState['store'];

/** Which of a producer's series rollups are made of. */
export interface ProducerSources {
  readonly store: Store;
  readonly known: number;
  /** By the producer's index. */
  readonly byIndex: readonly (Source | null)[];
  /** Indexes of those that have values in columns: all but exponential histograms. */
  readonly plain: readonly number[];
}

/** Finds the sources of series: once for each series of a store, and for each producer once for each slice of its dictionary. */
export class SourceIndex {
  private store: Store | undefined;
  private bySeries: (Source | null | undefined)[] = [];
  private byProducer = new WeakMap<ProducerState, ProducerSources>();

  constructor(private readonly subjects: Subjects) {}

  of(store: Store, series: number): Source | null {
    if (store !== this.store) this.forget(store);
    return (this.bySeries[series] ??= this.subjects.sourceOf(store.series[series]!));
  }

  ofProducer(store: Store, producer: ProducerState, hasNewSlice: boolean): ProducerSources {
    const cached = this.byProducer.get(producer);
    if (cached && cached.store === store && cached.known === producer.known && !hasNewSlice) return cached;
    const byIndex: (Source | null)[] = [];
    const plain: number[] = [];
    for (let index = 0; index < producer.known; index++) {
      const series = producer.dictionary[index]!;
      const source = series < 0 ? null : this.of(store, series);
      byIndex.push(source);
      if (source && store.widths[series]! > 0) plain.push(index);
    }
    const sources = { store, known: producer.known, byIndex, plain };
    this.byProducer.set(producer, sources);
    return sources;
  }

  /** After subjects were forgotten: what pointed to them must be found anew. */
  forget(store: Store | undefined = undefined): void {
    this.store = store;
    this.bySeries = [];
    this.byProducer = new WeakMap();
  }
}
