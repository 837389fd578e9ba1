import type { OwnSample } from '@omninode/aggregation';
import { counter, defineMetrics, gauge, type Metric } from '@omninode/contracts';

/** What an aggregator says of its history. */
export const historyMetrics = defineMetrics({
  omninode_mesh_rollups_written_total: counter(
    'records',
    'Hours of operations, series and statements that this process wrote, by whether the hour is over: open, closed.',
    ['hour'],
  ),
  omninode_mesh_rollup_failures_total: counter(
    'records',
    'Hours that the bus did not take when they were written; they stay due.',
  ),
  omninode_mesh_rollup_subjects: gauge(
    'entries',
    'What hours are kept of in the partitions of this process, by kind: operation, counter, gauge, statement.',
    ['kind'],
  ),
  omninode_mesh_rollup_points_late_total: counter('points', 'Values that came too late to change their hour.'),
  omninode_mesh_rollup_series_folded: gauge(
    'series',
    'Series of operations beyond history.operationsPerPartition; they are added up in the operation other.',
  ),
  omninode_mesh_rollup_series_left_out_total: counter(
    'series',
    'Series and statements for which history.reportSeriesPerPartition left no room, each once for every time that its partition was taken.',
  ),
  omninode_mesh_history_complete: gauge(
    'boolean',
    'Whether everything was read that was kept when this process began: 0 means that answers about the past are less than the whole.',
  ),
  omninode_mesh_history_unreadable_total: counter(
    'records',
    'Rollups and alerts that this process could not read: of a later version, or written by somebody else.',
  ),
  omninode_mesh_history_subjects: gauge('entries', 'What this process knows the past of, in the whole mesh.'),
  omninode_mesh_history_records_left_out_total: counter(
    'records',
    'Hours of things beyond the number that a process knows the past of.',
  ),
  omninode_mesh_baselines: gauge('series', 'Series of which is known what is usual.'),
  omninode_mesh_baseline_rollups_left_out_total: counter(
    'records',
    'Closed hours of series beyond history.baselineSeries: what is usual for these is not known.',
  ),
  omninode_mesh_daily_reports_written_total: counter(
    'files',
    'Files of daily reports that this process wrote to history.reportsFolder. Absent where there is no such folder.',
  ),
  omninode_mesh_daily_report_failures_total: counter(
    'errors',
    'Attempts to write a daily report that failed. Absent where there is no history.reportsFolder.',
  ),
  omninode_mesh_daily_reports_due: gauge(
    'entries',
    'Daily reports that could not be written yet: see the log. Absent where there is no history.reportsFolder.',
  ),
});

export interface HistoryCounts {
  readonly written: { readonly open: number; readonly closed: number };
  readonly failures: number;
  readonly latePoints: number;
  readonly leftOutSeries: number;
  readonly subjects: Readonly<Record<'operation' | 'counter' | 'gauge' | 'statement', number>>;
  readonly folded: number;
  readonly hasRead: boolean;
  readonly unreadable: number;
  readonly known: { readonly subjects: number; readonly leftOut: number };
  readonly baselines: { readonly series: number; readonly leftOut: number };
  /** `undefined`: reports are not written to files. */
  readonly reports: { readonly written: number; readonly failures: number; readonly due: number } | undefined;
}

/** The samples of `historyMetrics`. */
export function historySamples(counts: HistoryCounts): OwnSample[] {
  const samples: OwnSample[] = [];
  const add = (name: keyof typeof historyMetrics, value: number, labels: Record<string, string> = {}) =>
    samples.push({ name, metric: historyMetrics[name] as Metric, labels, value });
  for (const hour of ['open', 'closed'] as const) {
    add('omninode_mesh_rollups_written_total', counts.written[hour], { hour });
  }
  add('omninode_mesh_rollup_failures_total', counts.failures);
  for (const kind of ['operation', 'counter', 'gauge', 'statement'] as const) {
    add('omninode_mesh_rollup_subjects', counts.subjects[kind], { kind });
  }
  add('omninode_mesh_rollup_points_late_total', counts.latePoints);
  add('omninode_mesh_rollup_series_folded', counts.folded);
  add('omninode_mesh_rollup_series_left_out_total', counts.leftOutSeries);
  add('omninode_mesh_history_complete', counts.hasRead ? 1 : 0);
  add('omninode_mesh_history_unreadable_total', counts.unreadable);
  add('omninode_mesh_history_subjects', counts.known.subjects);
  add('omninode_mesh_history_records_left_out_total', counts.known.leftOut);
  add('omninode_mesh_baselines', counts.baselines.series);
  add('omninode_mesh_baseline_rollups_left_out_total', counts.baselines.leftOut);
  if (!counts.reports) return samples;
  add('omninode_mesh_daily_reports_written_total', counts.reports.written);
  add('omninode_mesh_daily_report_failures_total', counts.reports.failures);
  add('omninode_mesh_daily_reports_due', counts.reports.due);
  return samples;
}
