import { counter, defineMetrics, gauge } from '@omninode/contracts';
import type { MeasurementWriter, MetricName } from '@omninode/contracts';
import type { PublisherStats } from './stats.js';

/** How the publisher of a process fares. Whoever owns the process writes them (`publisherReport`). */
export const publisherMetrics = defineMetrics({
  omninode_mesh_publisher_queued_records: gauge('records', 'Records in memory that the bus has not acknowledged.'),
  omninode_mesh_publisher_queued_bytes: gauge('bytes', 'Bytes of the records in memory.'),
  omninode_mesh_publisher_oldest_queued_age_seconds: gauge(
    'seconds',
    'Age of the oldest record in memory; absent when none waits.',
  ),
  omninode_mesh_publisher_spool_bytes: gauge('bytes', 'Bytes of records that wait on disk for the bus.'),
  omninode_mesh_publisher_series: gauge('series', 'Series that the open writers of the process have defined.'),
  omninode_mesh_publisher_sent_records_total: counter('records', 'Records that the bus has acknowledged.'),
  omninode_mesh_publisher_sent_bytes_total: counter('bytes', 'Bytes of the records that the bus has acknowledged.'),
  omninode_mesh_publisher_sent_points_total: counter('points', 'Values in the records that the bus has acknowledged.'),
  omninode_mesh_publisher_retried_records_total: counter('records', 'Records to be sent again after a failed publish.'),
  omninode_mesh_publisher_spooled_records_total: counter('records', 'Records written to the spool on disk.'),
  omninode_mesh_publisher_replayed_records_total: counter(
    'records',
    'Records from a spool that the bus has acknowledged.',
  ),
  omninode_mesh_publisher_failures_total: counter('errors', 'Failed publishes and failed writes to the spool.', [
    'code',
  ]),
  omninode_mesh_publisher_dropped_records_total: counter('records', 'Records that are lost, by the reason.', ['code']),
  omninode_mesh_publisher_damaged_spool_bytes_total: counter(
    'bytes',
    'Bytes of the spool that could not be read: a record torn by a crash, or a damaged disk.',
  ),
  omninode_mesh_publisher_refused_series_total: counter(
    'series',
    'Requests for a series over the cap of its producer, or of a form that readers refuse.',
  ),
  omninode_mesh_publisher_ignored_points_total: counter(
    'points',
    'Values that were not taken: of an unknown series or another kind, not finite, or after the close.',
  ),
  omninode_mesh_publisher_ignored_events_total: counter(
    'events',
    'Events that were not taken: JSON can not hold them, or the writer was closed.',
  ),
});

type Write = (name: keyof typeof publisherMetrics & MetricName, value: number | null, code?: string) => void;

/**
 * Gives what writes the statistics into the pass that a writer has open. `startedAtMs`: when the publisher was made. What has a code
 * is there from its first time on, and counts since the pass before: else readers could not see that first time.
 */
export function publisherReport(
  startedAtMs: number,
): (writer: MeasurementWriter, stats: PublisherStats, nowMs: number) => void {
  const starts = new Map<number, number>();
  let passedMs = startedAtMs;
  return (writer, stats, nowMs) => {
    writeStats(stats, (name, value, code) => {
      const metric = publisherMetrics[name];
      const series = writer.series(name, metric, code === undefined ? [] : [code]);
      if (value === null) return;
      writer.point(series, value);
      if (metric.kind !== 'counter') return;
      if (!starts.has(series)) starts.set(series, passedMs);
      writer.startedAt(series, starts.get(series) as number);
    });
    passedMs = nowMs;
  };
}

function writeStats(stats: PublisherStats, write: Write): void {
  write('omninode_mesh_publisher_queued_records', stats.queuedRecords);
  write('omninode_mesh_publisher_queued_bytes', stats.queuedBytes);
  const ageMs = stats.oldestQueuedAgeMs;
  write('omninode_mesh_publisher_oldest_queued_age_seconds', ageMs === null ? null : ageMs / 1_000);
  write('omninode_mesh_publisher_spool_bytes', stats.spoolBytes);
  write('omninode_mesh_publisher_series', stats.series);
  write('omninode_mesh_publisher_sent_records_total', stats.sentRecords);
  write('omninode_mesh_publisher_sent_bytes_total', stats.sentBytes);
  write('omninode_mesh_publisher_sent_points_total', stats.sentPoints);
  write('omninode_mesh_publisher_retried_records_total', stats.retriedRecords);
  write('omninode_mesh_publisher_spooled_records_total', stats.spooledRecords);
  write('omninode_mesh_publisher_replayed_records_total', stats.replayedRecords);
  write('omninode_mesh_publisher_damaged_spool_bytes_total', stats.damagedSpoolBytes);
  write('omninode_mesh_publisher_refused_series_total', stats.refusedSeries);
  write('omninode_mesh_publisher_ignored_points_total', stats.ignoredPoints);
  write('omninode_mesh_publisher_ignored_events_total', stats.ignoredEvents);
  for (const [code, count] of stats.failures) write('omninode_mesh_publisher_failures_total', count, code);
  for (const [code, count] of stats.dropped) write('omninode_mesh_publisher_dropped_records_total', count, code);
}
