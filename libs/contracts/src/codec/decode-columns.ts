import type { DecodedRecord, DecodeResult, RejectedPoint } from '../measurement.js';
import { readData } from './decode-data.js';
import { readDictionary } from './decode-dictionary.js';
import { readEvents } from './decode-events.js';
import { isCount, isIdentity, isTime } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

type Body = Readonly<Record<string, unknown>>;
type Content = Pick<DecodedRecord, 'dictionary' | 'data' | 'events' | 'close'>;
const kinds = ['dict', 'data', 'event', 'close'] as const;

/** Reads a record in columns whose `v` is known. The arrays of the parsed record are checked in place and handed on. */
export function decodeColumns(body: Body, key: string | null, bytes: number): DecodeResult {
  if (typeof body.k !== 'string') return new Refusal('invalid_field', 'k is not a text');
  const kind = kinds.find((known) => known === body.k);
  if (kind === undefined) return { ok: false, skip: true, kind: body.k.slice(0, limits.nameLength) };

  const { p: producer, e: entity, n: incarnation, q: sequence, t: timeMs } = body;
  if (!isIdentity(producer)) return new Refusal('invalid_identity', 'p is not the name of a producer');
  if (!isIdentity(entity)) return new Refusal('invalid_identity', 'e is not the name of an entity');
  if (!isCount(incarnation)) return new Refusal('invalid_identity', 'n is not an integer from 0 on');
  if (!isCount(sequence, 1)) return new Refusal('invalid_identity', 'q is not an integer from 1 on');
  if (!isTime(timeMs)) return new Refusal('invalid_time', 't is not integer ms of the years 2000 to 2099');
  if (key !== entity) return new Refusal('key_mismatch', "the record's key is not its entity e");

  const rejected: RejectedPoint[] = [];
  const content = readContent(kind, body, bytes, rejected);
  if (content instanceof Refusal) return content;
  if (rejected.length > limits.rejectedPoints) {
    return new Refusal(
      'too_many_rejected',
      `more than ${limits.rejectedPoints} points, the first: ${rejected[0]?.code}`,
    );
  }
  const { dictionary, data, events, close } = content;
  return {
    ok: true,
    record: {
      producer,
      entity,
      incarnation,
      sequence,
      timeMs,
      dictionary,
      data,
      events,
      close,
      encoding: 'columns',
      rejected,
    },
  };
}

const nothing: Content = { dictionary: null, data: null, events: [], close: null };

function readContent(
  kind: (typeof kinds)[number],
  body: Body,
  bytes: number,
  rejected: RejectedPoint[],
): Content | Refusal {
  switch (kind) {
    case 'data': {
      const data = readData(body, rejected);
      return data instanceof Refusal ? data : { ...nothing, data };
    }
    case 'dict': {
      const dictionary = readDictionary(body, bytes);
      return dictionary instanceof Refusal ? dictionary : { ...nothing, dictionary };
    }
    case 'event': {
      if (!Array.isArray(body.ev)) return new Refusal('invalid_field', 'ev is not a list');
      return { ...nothing, events: readEvents(body.ev, { list: 'ev', time: 't' }, rejected) };
    }
    case 'close': {
      if (!isCount(body.dropped)) return new Refusal('invalid_field', 'dropped is not an integer from 0 on');
      return { ...nothing, close: { dropped: body.dropped } };
    }
  }
}
