import type { ExponentialValue, MeasurementEvent, MeasurementWriter, Metric } from '@omninode/contracts';

/** A pass as it was published: `name{label="value"}` → value. */
export interface PublishedPass {
  readonly timeMs: number;
  readonly points: Readonly<Record<string, number>>;
  readonly starts: Readonly<Record<string, number>>;
  readonly events: readonly MeasurementEvent[];
}

/** Keeps what is written, pass by pass. */
export class RecordingWriter implements MeasurementWriter {
  readonly passes: PublishedPass[] = [];
  closedAtMs: number | undefined;
  readonly #series: string[] = [];
  #points: Record<string, number> = {};
  #starts: Record<string, number> = {};
  #events: MeasurementEvent[] = [];

  /** The newest value of a series over all passes. */
  latest(series: string): number | undefined {
    return this.passes.findLast(({ points }) => series in points)?.points[series];
  }

  events(name: string): MeasurementEvent[] {
    return this.passes.flatMap(({ events }) => events.filter((event) => event.name === name));
  }

  series(name: string, { labels }: Metric, labelValues: readonly string[]): number {
    const written = labels.map((label, at) => `${label}="${labelValues[at]}"`).join(',');
    const series = written ? `${name}{${written}}` : name;
    const known = this.#series.indexOf(series);
    return known < 0 ? this.#series.push(series) - 1 : known;
  }

  point(series: number, value: number): void {
    this.#points[this.#series[series] as string] = value;
  }

  startedAt(series: number, startMs: number): void {
    this.#starts[this.#series[series] as string] = startMs;
  }

  histogram(series: number, _counts: readonly number[], sum: number): void {
    this.point(series, sum);
  }

  exponential(series: number, { sum }: ExponentialValue): void {
    this.point(series, sum);
  }

  event(event: MeasurementEvent): void {
    this.#events.push(event);
  }

  publish(timeMs: number): void {
    this.passes.push({ timeMs, points: this.#points, starts: this.#starts, events: this.#events });
    this.#points = {};
    this.#starts = {};
    this.#events = [];
  }

  close(timeMs: number): void {
    this.closedAtMs = timeMs;
  }
}
