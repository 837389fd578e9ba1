import type { Metric, MetricKind, Unit } from './catalogue.js';

/** Content types of the measurement topic's records, in the header `content-type`. */
export const contentTypes = {
  rows: 'application/json',
  columns: 'application/vnd.omninode.columns+json; v=1',
} as const;

/** A metric as a dictionary on the wire defines it. */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: MetricKind;
  /** A `Unit` where the producer is ours; any text, also empty, where it is not. */
  readonly unit: Unit | (string & {});
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds of an explicit histogram, without +Inf; empty for other kinds. */
  readonly bounds: readonly number[];
}

/** Series that a producer names once and then refers to by index. */
export interface DictionarySlice {
  /** Index of the first series of this slice. */
  readonly from: number;
  readonly metrics: readonly MetricDefinition[];
  /** For each series the index of its metric in `metrics` and its label values in the order of `labelNames`. */
  readonly series: readonly (readonly [metric: number, labelValues: readonly string[]])[];
}

/** An exponential histogram as OpenTelemetry defines it: bucket i of `counts` is (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale). */
export interface ExponentialValue {
  readonly scale: number;
  readonly zeroCount: number;
  readonly sum: number;
  readonly offset: number;
  readonly counts: readonly number[];
}

/** The values of one record, column by column. The arrays are the parsed record's own: read them, do not keep them. */
export interface Columns {
  /** How many series of the dictionary the producer had defined when it sent this. */
  readonly known: number;
  /** Series of the values in order; `null`: all known series in order. */
  readonly indexes: readonly number[] | null;
  /**
   * One slot for a gauge or counter, bounds + 2 for an explicit histogram (bucket counts with +Inf, then the sum), none for
   * an exponential one (`slotsOf`). NaN where the record held no finite number: a series with a NaN in any of its slots is
   * not applied. That occurs only in a record whose `rejected` is not empty.
   */
  readonly values: readonly number[];
  /** Per series of `indexes`, ms to add to the record's time; `null`: all at the record's time. */
  readonly timeOffsetsMs: readonly number[] | null;
  /** Counters (and histograms) whose source started anew: series and the source's start, ms since 1970 UTC. */
  readonly starts: readonly (readonly [series: number, startMs: number])[];
  /** Taken at the record's time; `timeOffsetsMs` does not concern them. */
  readonly exponentials: readonly (readonly [series: number, value: ExponentialValue])[];
}

/** What has an id, a text or an unbounded value: a transition, a slow operation, a ranking. */
export interface MeasurementEvent {
  readonly name: string;
  readonly timeMs: number;
  /** JSON values; texts are capped by the producer. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One record of the measurement topic, whichever encoding it came in. */
export interface DecodedRecord {
  readonly producer: string;
  readonly entity: string;
  /** `null` only for rows without one. */
  readonly incarnation: number | null;
  /** `null` for rows without one: such a record is identified by its offset and counted as `unverified`. */
  readonly sequence: number | null;
  /** When the measurements were taken, ms since 1970 UTC. */
  readonly timeMs: number;
  /** For columns, a slice of the producer's dictionary. For rows, the record's own series (`from` 0), which end with it. */
  readonly dictionary: DictionarySlice | null;
  readonly data: Columns | null;
  readonly events: readonly MeasurementEvent[];
  /** Set by a close record: records of this incarnation that the producer had to drop. */
  readonly close: { readonly dropped: number } | null;
  readonly encoding: 'rows' | 'columns';
  /** Points that were left out, each with its code; the rest of the record stands. */
  readonly rejected: readonly RejectedPoint[];
}

export interface RejectedPoint {
  /** A code of `decodeCodes`. */
  readonly code: string;
  /** Where in the record: `x[17]`, `h[0]`, `points[3]`, `ev[2]`. */
  readonly path: string;
}

export type DecodeResult =
  | { readonly ok: true; readonly record: DecodedRecord }
  /** A kind of a later version: counted and skipped, not dead-lettered. */
  | { readonly ok: false; readonly skip: true; readonly kind: string }
  | { readonly ok: false; readonly skip: false; readonly code: string; readonly detail: string };

/** What collectors and the client need of the publisher; `libs/publisher` implements it over a bus. */
export interface MeasurementPublisher {
  open(identity: ProducerIdentity): MeasurementWriter;
}

export interface ProducerIdentity {
  /** `<kind>/<target id>` for a collector's target, `<service>/<instance>` for the client. */
  readonly producer: string;
  /** What the series belong to: the key of its records. */
  readonly entity: string;
  /** Grows with each new owner or start of the producer. */
  readonly incarnation: number;
  /** Labels of every series of this producer: `{ target }` or `{ service_name, service_instance }`. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Writes one producer's measurements. Nothing here waits, throws or fails: what the bus can't take is spooled, what the
 * spool can't take is dropped, counted and reported.
 */
export interface MeasurementWriter {
  /** The index of a series; the first call defines it. `labelValues` in the order of the metric's `labels`. */
  series(name: string, metric: Metric, labelValues: readonly string[]): number;
  /** A gauge's or counter's value in the pass being written. Must be finite. */
  point(series: number, value: number): void;
  /** An explicit histogram's cumulative state: a count for each bound and +Inf (not accumulated over buckets), and the sum. */
  histogram(series: number, counts: readonly number[], sum: number): void;
  exponential(series: number, value: ExponentialValue): void;
  /** When the source of a counter or histogram began to count, ms since 1970 UTC. Sent when it is new or changed. */
  startedAt(series: number, startMs: number): void;
  event(event: MeasurementEvent): void;
  /** Ends the pass: all since the last call goes out as taken at `timeMs`, in one record where it fits. */
  publish(timeMs: number): void;
  /** Ends the producer cleanly. What was written before and not published is published first. */
  close(timeMs: number): void;
}
