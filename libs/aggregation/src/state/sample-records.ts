import type { Columns, DecodedRecord, DictionarySlice, MetricDefinition } from '@omninode/contracts';
import { identityOf } from '../store/identity.js';
import type { PartitionState, Refused } from './partition-state.js';

/** 2026-01-01, ms since 1970 UTC: the zero of the times in the tests of this lib. */
export const sampleStartMs = 1_767_225_600_000;

type Data = Partial<Columns> & Pick<Columns, 'known' | 'values'>;

/** Writes the records of a producer into a partition, one sequence after the other: for the tests of this lib. */
export class SampleProducer {
  sequence = 0;

  constructor(
    public state: PartitionState,
    private readonly identity: { producer?: string; entity?: string; incarnation?: number } = {},
  ) {}

  /** The next record of this producer, taken `atMs` after the start of the samples. */
  record(atMs: number, content: Partial<DecodedRecord>): DecodedRecord {
    const { producer = 'database/orders-db', entity = 'orders-db', incarnation = 1 } = this.identity;
    return {
      producer,
      entity,
      incarnation,
      sequence: ++this.sequence,
      timeMs: sampleStartMs + atMs,
      dictionary: null,
      data: null,
      events: [],
      close: null,
      encoding: 'columns',
      rejected: [],
      ...content,
    };
  }

  /** Puts a record at the end of the partition, also one that was delivered before. */
  deliver(record: DecodedRecord, nowMs = record.timeMs): Refused | undefined {
    return this.state.take({ ok: true, record }, { offset: this.state.nextOffset }, nowMs);
  }

  send(atMs: number, content: Partial<DecodedRecord>, nowMs = sampleStartMs + atMs): Refused | undefined {
    return this.deliver(this.record(atMs, content), nowMs);
  }

  define(atMs: number, dictionary: DictionarySlice): Refused | undefined {
    return this.send(atMs, { dictionary });
  }

  data(atMs: number, data: Data, nowMs?: number): Refused | undefined {
    return this.send(atMs, { data: sampleColumns(data) }, nowMs);
  }
}

export function sampleColumns(data: Data): Columns {
  return { indexes: null, timeOffsetsMs: null, starts: [], exponentials: [], ...data };
}

type Defined = Partial<MetricDefinition> & Pick<MetricDefinition, 'name'>;

export function sampleMetric(metric: Defined): MetricDefinition {
  return { kind: 'gauge', unit: '', help: 'Help.', labelNames: [], bounds: [], ...metric };
}

/** A slice with series of these metrics: the index of the metric and the label values of each. */
export function sampleSlice(
  metrics: readonly Defined[],
  series: readonly (readonly [metric: number, labelValues: readonly string[]])[],
  from = 0,
): DictionarySlice {
  return { from, metrics: metrics.map(sampleMetric), series };
}

/** The latest values of a series by its name and labels; `undefined` when there is no such series. */
export function sampleValues(
  { store }: PartitionState,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number[] | undefined {
  const series = store.find(identityOf(name, Object.keys(labels), Object.values(labels)));
  if (series < 0) return undefined;
  const slot = store.slots[series]!;
  return Array.from(store.values.subarray(slot, slot + store.widths[series]!));
}
