import type { PartitionState } from '../state/partition-state.js';
import type { Series } from '../store/series-store.js';

export interface LiveSeries extends Series {
  readonly number: number;
  label(name: string): string | undefined;
}

/** The series of a metric that somebody has sent since `notBeforeMs`, whatever their kind. */
export function* liveSeries({ store }: PartitionState, name: string, notBeforeMs: number): Generator<LiveSeries> {
  for (const { numbers } of store.families().get(name) ?? []) {
    for (const number of numbers) {
      if (store.seen[number]! < notBeforeMs || store.times[number] === 0) continue;
      const series = store.series[number]!;
      const { labelNames } = series.metric;
      yield { ...series, number, label: (wanted) => series.labelValues[labelNames.indexOf(wanted)] || undefined };
    }
  }
}
