import type { DecodedRecord, DictionarySlice, MetricDefinition } from '@omninode/contracts';

/** A series as a producer defined it. */
export interface Series {
  readonly metric: MetricDefinition;
  readonly labels: Readonly<Record<string, string>>;
}

/** The series of one record, by the index that the record uses. */
export type SeriesOf = (index: number) => Series | undefined;

interface Producer {
  readonly incarnation: number;
  readonly series: Map<number, Series>;
}

/** What the producers have told of their series so far. Of each the newest incarnation is kept. */
export class Dictionaries {
  private readonly producers = new Map<string, Producer>();

  /** Learns what a record tells, and gives the series that its values belong to. */
  read({ producer, entity, incarnation, encoding, dictionary }: DecodedRecord): SeriesOf {
    // The dictionary of rows ends with its record.
    if (encoding === 'rows' || incarnation === null) {
      const own = new Map<number, Series>();
      if (dictionary) define(own, dictionary);
      return (index) => own.get(index);
    }
    const name = JSON.stringify([entity, producer]);
    let known = this.producers.get(name);
    if (known && incarnation < known.incarnation) return () => undefined;
    if (known?.incarnation !== incarnation) {
      known = { incarnation, series: new Map() };
      this.producers.set(name, known);
    }
    const { series } = known;
    if (dictionary) define(series, dictionary);
    return (index) => series.get(index);
  }
}

function define(series: Map<number, Series>, { from, metrics, series: defined }: DictionarySlice): void {
  for (const [nth, [metricIndex, labelValues]] of defined.entries()) {
    const metric = metrics[metricIndex]!;
    const labels = Object.fromEntries(metric.labelNames.map((label, at) => [label, labelValues[at]!]));
    series.set(from + nth, { metric, labels });
  }
}
