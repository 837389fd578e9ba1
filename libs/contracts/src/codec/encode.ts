import type { Columns, DictionarySlice, MeasurementEvent } from '../measurement.js';

/** What every record in columns begins with. */
export interface RecordHead {
  readonly producer: string;
  readonly entity: string;
  readonly incarnation: number;
  readonly sequence: number;
  readonly timeMs: number;
}

/** Part of a producer's dictionary. `limits.dictionaryBytes` is the largest that readers take. */
export function encodeDictionary(head: RecordHead, { from, metrics, series }: DictionarySlice): Buffer {
  const m = metrics.map(({ name, kind, unit, help, labelNames, bounds }) =>
    bounds.length > 0 ? [name, kind, unit, help, labelNames, bounds] : [name, kind, unit, help, labelNames],
  );
  return encode('dict', head, { from, m, s: series });
}

/** The values of a pass. A value that is not finite is written as `null`, and its readers reject that point. */
export function encodeData(head: RecordHead, columns: Columns): Buffer {
  const { known, indexes, values, timeOffsetsMs, starts, exponentials } = columns;
  return encode('data', head, {
    d: known,
    i: indexes ?? undefined,
    x: values,
    dt: timeOffsetsMs ?? undefined,
    r: starts.length > 0 ? starts : undefined,
    h:
      exponentials.length > 0
        ? exponentials.map(([series, { scale, zeroCount, sum, offset, counts }]) => [
            series,
            scale,
            zeroCount,
            sum,
            offset,
            counts,
          ])
        : undefined,
  });
}

export function encodeEvents(head: RecordHead, events: readonly MeasurementEvent[]): Buffer {
  return encode('event', head, { ev: events.map(({ name, timeMs, attributes }) => ({ name, t: timeMs, attributes })) });
}

/** Ends an incarnation. `dropped`: records of it that the producer could not keep. */
export function encodeClose(head: RecordHead, dropped: number): Buffer {
  return encode('close', head, { dropped });
}

function encode(kind: 'dict' | 'data' | 'event' | 'close', head: RecordHead, content: object): Buffer {
  const { producer, entity, incarnation, sequence, timeMs } = head;
  return Buffer.from(
    JSON.stringify({ v: 1, k: kind, p: producer, e: entity, n: incarnation, q: sequence, t: timeMs, ...content }),
  );
}
