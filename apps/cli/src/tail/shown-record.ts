import { decodeRecord, type MeasurementEvent, type RejectedPoint } from '@omninode/contracts';
import type { Dictionaries } from './dictionaries.js';
import { pointsOf, type Point } from './points.js';

/** A record as it lies in the topic. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly contentType: string | undefined;
  readonly value: Buffer | null;
  /** When it was sent, ms since 1970 UTC. */
  readonly timestampMs: number;
}

/** A record as a person reads it. */
export type ShownRecord = ReadRecord | UnreadRecord;

export interface ReadRecord {
  readonly at: Pick<TopicRecord, 'partition' | 'offset'>;
  readonly timeMs: number;
  readonly entity: string;
  readonly producer: string;
  readonly incarnation: number | null;
  readonly sequence: number | null;
  readonly encoding: 'rows' | 'columns';
  readonly points: readonly Point[];
  /** Values whose series are not known. */
  readonly unknown: number;
  readonly events: readonly MeasurementEvent[];
  /** How many series it defines. */
  readonly defined: number;
  /** Set by the last record of a producer. */
  readonly dropped?: number;
  readonly rejected: readonly RejectedPoint[];
}

/** What the mesh does not take either. */
export interface UnreadRecord {
  readonly at: Pick<TopicRecord, 'partition' | 'offset'>;
  readonly timeMs: number;
  readonly entity: string | null;
  readonly code: string;
  readonly detail: string;
}

export function showRecord(record: TopicRecord, dictionaries: Dictionaries): ShownRecord {
  const { partition, offset, key, contentType, value, timestampMs } = record;
  const at = { partition, offset };
  const decoded = decodeRecord(value, contentType, key);
  if (!decoded.ok) {
    const why = decoded.skip ? { code: 'unknown_kind', detail: `its kind is ${decoded.kind}` } : decoded;
    return { at, timeMs: timestampMs, entity: key, code: why.code, detail: why.detail };
  }
  const { timeMs, entity, producer, incarnation, sequence, encoding, dictionary, events, close, rejected } =
    decoded.record;
  const { points, unknown } = pointsOf(decoded.record, dictionaries.read(decoded.record));
  const defined = encoding === 'columns' ? (dictionary?.series.length ?? 0) : 0;
  const head = { at, timeMs, entity, producer, incarnation, sequence, encoding };
  return { ...head, points, unknown, events, defined, rejected, ...(close && { dropped: close.dropped }) };
}

/** Which records and points are wanted. */
export interface Wanted {
  readonly entity?: string | undefined;
  /** The name of a metric; with `*` at its end, all that begin so. */
  readonly metric?: string | undefined;
}

/** What is wanted of a record; `undefined` when nothing is. */
export function onlyWanted(record: ShownRecord, { entity, metric }: Wanted): ShownRecord | undefined {
  if (entity !== undefined && record.entity !== entity) return undefined;
  if (metric === undefined) return record;
  if ('code' in record) return undefined;
  const matches = metric.endsWith('*')
    ? (name: string) => name.startsWith(metric.slice(0, -1))
    : (name: string) => name === metric;
  const points = record.points.filter(({ series }) => matches(series.metric.name));
  return points.length > 0 ? { ...record, points, events: [], defined: 0, unknown: 0, rejected: [] } : undefined;
}
