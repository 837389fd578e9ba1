import type { MeasurementWriter } from '@omninode/contracts';
import type { Measured } from '../family/measure.js';

/** Hands a pass to the writer, whose `publish` ends it. */
export function writeMeasured({ values, events }: Measured, writer: MeasurementWriter, atMs: number): void {
  for (const { name, metric, labelValues, value, distribution, startMs } of values) {
    const series = writer.series(name, metric, labelValues);
    if (startMs !== null) writer.startedAt(series, startMs);
    if (distribution) writer.exponential(series, distribution);
    else writer.point(series, value);
  }
  for (const { name, attributes } of events) writer.event({ name, timeMs: atMs, attributes });
}
