import type { DecodeResult, RejectedPoint } from '../measurement.js';
import { readEvents } from './decode-events.js';
import { readPoints } from './decode-points.js';
import { isCount, isIdentity, isTime } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

type Body = Readonly<Record<string, unknown>>;

/** Reads a record in rows whose `v` is known, into the shape of columns: the record's own dictionary and one value list. */
export function decodeRows(body: Body, key: string | null): DecodeResult {
  const { producer, entity, incarnation = null, seq: sequence = null, time: timeMs, points, events = [] } = body;
  if (!isIdentity(producer)) return new Refusal('invalid_identity', 'producer is not a name');
  if (!isIdentity(entity)) return new Refusal('invalid_identity', 'entity is not a name');
  if (body.incarnation !== undefined && !isCount(incarnation))
    return new Refusal('invalid_identity', 'incarnation is not an integer from 0 on');
  if (body.seq !== undefined && !isCount(sequence, 1))
    return new Refusal('invalid_identity', 'seq is not an integer from 1 on');
  if (sequence !== null && incarnation === null)
    return new Refusal('invalid_identity', 'seq needs an incarnation beside it');
  if (!isTime(timeMs)) return new Refusal('invalid_time', 'time is not integer ms of the years 2000 to 2099');
  if (!Array.isArray(points)) return new Refusal('invalid_field', 'points is not a list');
  if (!Array.isArray(events)) return new Refusal('invalid_field', 'events is not a list');
  if (key !== entity) return new Refusal('key_mismatch', "the record's key is not its entity");

  const rejected: RejectedPoint[] = [];
  const { dictionary, data } = readPoints(points, timeMs, rejected);
  const read = readEvents(events, { list: 'events', time: 'time' }, rejected);
  if (rejected.length > limits.rejectedPoints) {
    return new Refusal(
      'too_many_rejected',
      `more than ${limits.rejectedPoints} points, the first: ${rejected[0]?.code}`,
    );
  }
  return {
    ok: true,
    record: {
      producer,
      entity,
      incarnation: incarnation as number | null,
      sequence: sequence as number | null,
      timeMs,
      dictionary,
      data,
      events: read,
      close: null,
      encoding: 'rows',
      rejected,
    },
  };
}
