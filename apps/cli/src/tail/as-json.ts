import type { MeasurementEvent } from '@omninode/contracts';
import type { Point } from './points.js';
import type { ShownRecord } from './shown-record.js';

/** A record as one line of JSON. Times are RFC 3339; what is absent is left out. */
export function asJson(record: ShownRecord): string {
  const { at, timeMs, entity } = record;
  const head = { time: rfc3339(timeMs), ...at, entity };
  if ('code' in record) return JSON.stringify({ ...head, refused: { code: record.code, detail: record.detail } });
  const { producer, incarnation, sequence, encoding, points, unknown, events, defined, dropped, rejected } = record;
  return JSON.stringify({
    ...head,
    producer,
    ...(incarnation !== null && { incarnation }),
    ...(sequence !== null && { sequence }),
    encoding,
    ...(defined > 0 && { defines: defined }),
    ...(points.length > 0 && { points: points.map((point) => pointDocument(point, timeMs)) }),
    ...(unknown > 0 && { unknown_series: unknown }),
    ...(events.length > 0 && { events: events.map(eventDocument) }),
    ...(rejected.length > 0 && { rejected }),
    ...(dropped !== undefined && { close: { dropped } }),
  });
}

function pointDocument({ series: { metric, labels }, timeMs, startMs, value }: Point, recordMs: number): object {
  const { name, kind, unit } = metric;
  const isNumber = typeof value === 'number';
  return {
    name,
    kind,
    ...(unit && { unit }),
    labels,
    ...(isNumber ? { value } : kind === 'histogram' ? { histogram: value } : { exponential: value }),
    ...(timeMs !== recordMs && { time: rfc3339(timeMs) }),
    ...(startMs !== undefined && { start: rfc3339(startMs) }),
  };
}

function eventDocument({ name, timeMs, attributes }: MeasurementEvent): object {
  return { name, time: rfc3339(timeMs), attributes };
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
