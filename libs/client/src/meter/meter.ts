import type { LabelArguments, MeasurementWriter, Metric, Metrics } from '@omninode/contracts';
import { ExponentialHistogram } from '@omninode/publisher';
import { Level, Total } from './instruments.js';

/** Runs at the beginning of each pass: sets levels, adds what gathered elsewhere. */
export type Observer = (nowMs: number) => void;

/**
 * All that the client counts, between passes. Instruments are asked for once, when something is first seen, and kept by whoever
 * counts; asking again for the same name and labels gives the same instrument, so that a thing that is watched anew goes on.
 */
export class Meter {
  private readonly entries = new Map<string, Entry>();
  private readonly observers = new Set<Observer>();
  /** The newest pass: what has never been written is counted since then, and was 0. */
  private passedMs: number;

  /** `startedAtMs`: since when is counted, ms since 1970 UTC. `onProblem` hears of observers that fail. */
  constructor(
    startedAtMs: number,
    private readonly onProblem: (error: unknown) => void,
  ) {
    this.passedMs = startedAtMs;
  }

  total<M extends Metrics, Name extends keyof M & string>(
    metrics: M,
    name: Name,
    ...labels: LabelArguments<M[Name]>
  ): Total {
    return this.find(name, metrics[name] as Metric, labels[0], () => new Total()) as Total;
  }

  level<M extends Metrics, Name extends keyof M & string>(
    metrics: M,
    name: Name,
    ...labels: LabelArguments<M[Name]>
  ): Level {
    return this.find(name, metrics[name] as Metric, labels[0], () => new Level()) as Level;
  }

  distribution<M extends Metrics, Name extends keyof M & string>(
    metrics: M,
    name: Name,
    ...labels: LabelArguments<M[Name]>
  ): ExponentialHistogram {
    return this.find(
      name,
      metrics[name] as Metric,
      labels[0],
      () => new ExponentialHistogram(),
    ) as ExponentialHistogram;
  }

  /** Gives the function that ends it. */
  observe(observer: Observer): () => void {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }

  /** Writes a pass. `whole`: also what has not changed since the pass before, so that readers do not take it for gone. */
  write(writer: MeasurementWriter, nowMs: number, whole: boolean): void {
    for (const observer of this.observers) this.run(observer, nowMs);
    for (const entry of this.entries.values()) writeEntry(writer, entry, this.passedMs, whole);
    this.passedMs = nowMs;
  }

  private run(observer: Observer, nowMs: number): void {
    try {
      observer(nowMs);
    } catch (error) {
      this.onProblem(error);
    }
  }

  private find(
    name: string,
    metric: Metric,
    labels: Readonly<Record<string, string>> | undefined,
    make: () => Entry['instrument'],
  ): Entry['instrument'] {
    const labelValues = metric.labels.map((label) => labels?.[label] ?? '');
    const key = JSON.stringify([name, labelValues]);
    let entry = this.entries.get(key);
    if (!entry)
      this.entries.set(key, (entry = { name, metric, labelValues, instrument: make(), written: -1, series: -1 }));
    return entry.instrument;
  }
}

interface Entry {
  readonly name: string;
  readonly metric: Metric;
  readonly labelValues: readonly string[];
  readonly instrument: Total | Level | ExponentialHistogram;
  /** The total or count as last written; −1: never. */
  written: number;
  /** −1: not defined yet, or refused by the writer. */
  series: number;
}

function writeEntry(writer: MeasurementWriter, entry: Entry, passedMs: number, whole: boolean): void {
  const { instrument } = entry;
  if (instrument instanceof Level) return writeLevel(writer, entry, instrument);
  const count = instrument instanceof Total ? instrument.value : instrument.count;
  // A total is 0 from the beginning, a distribution of nothing says nothing.
  if (count === 0 && !(instrument instanceof Total)) return;
  if (count === entry.written && !whole) return;
  if (entry.series < 0) define(writer, entry, passedMs);
  if (instrument instanceof Total) writer.point(entry.series, count);
  else writer.exponential(entry.series, instrument.value());
  entry.written = count;
}

function writeLevel(writer: MeasurementWriter, entry: Entry, { value }: Level): void {
  if (value === undefined || !Number.isFinite(value)) return;
  if (entry.series < 0) entry.series = writer.series(entry.name, entry.metric, entry.labelValues);
  writer.point(entry.series, value);
}

/**
 * It counts since the pass before: a reader then sees its first value grow from 0. Said to count since the start of the process, the
 * first failures of a service that has long been well would be as old as the service to them.
 */
function define(writer: MeasurementWriter, entry: Entry, passedMs: number): void {
  entry.series = writer.series(entry.name, entry.metric, entry.labelValues);
  if (entry.series >= 0) writer.startedAt(entry.series, passedMs);
}
