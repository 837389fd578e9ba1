import type { Measured } from '@omninode/collector-kit';
import type { MeasurementWriter } from '@omninode/contracts';

/** Publishes what a pass came to. */
export function writePass({ values, events }: Measured, writer: MeasurementWriter, atMs: number): void {
  for (const { name, metric, labelValues, value, distribution, startMs } of values) {
    const series = writer.series(name, metric, labelValues);
    if (startMs !== null) writer.startedAt(series, startMs);
    if (distribution) writer.exponential(series, distribution);
    else writer.point(series, value);
  }
  for (const { name, attributes } of events) writer.event({ name, timeMs: atMs, attributes });
  writer.publish(atMs);
}
