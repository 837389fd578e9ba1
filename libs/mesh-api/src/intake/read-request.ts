import { Buffer } from 'node:buffer';
import { contentTypes } from '@omninode/contracts';
import { arrayElements, beginsAsArray } from './array-elements.js';
import type { RefusedRecord } from './refused-record.js';
import { entityHeader, requestTypes } from './request-types.js';

/** A record as a request holds it. Nothing of it has been checked. */
export interface RequestRecord {
  readonly index: number;
  /** Where it stands in the request; empty: it is the request. */
  readonly place: string;
  readonly key: string | null;
  readonly contentType: string;
  readonly value: Buffer;
}

export interface RequestRead {
  readonly records: readonly RequestRecord[];
  readonly refused: readonly RefusedRecord[];
}

export interface IntakeRequest {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Takes a request apart into its records, by its content type. */
export function readRequest({ body, headers }: IntakeRequest): RequestRead {
  const contentType = String(headers['content-type']);
  const mediaType = contentType.split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === requestTypes.records) return readEnvelope(body);
  if (mediaType === requestTypes.columns) {
    const key = headers[entityHeader] === undefined ? textIn(body, 'e') : String(headers[entityHeader]);
    return whole([{ index: 0, place: '', key, contentType, value: body }]);
  }
  return readRows(body);
}

function readRows(body: Buffer): RequestRead {
  const isList = beginsAsArray(body);
  const values = isList ? arrayElements(body) : [body];
  if (!values) return refuseAll('invalid_json', '', 'the array does not end, or something stands behind it');
  return whole(
    values.map((value, index) => ({
      index,
      place: isList ? `[${index}]` : '',
      key: textIn(value, 'entity'),
      contentType: contentTypes.rows,
      value,
    })),
  );
}

function readEnvelope(body: Buffer): RequestRead {
  const envelope = parse(body);
  if (envelope === undefined) return refuseAll('invalid_json', '', 'the request is not JSON');
  const { records } = (envelope ?? {}) as { records?: unknown };
  if (!Array.isArray(records)) return refuseAll('invalid_field', 'records', 'records is not a list');
  const read = records.map((part: unknown, index) => readPart(part, index));
  return {
    records: read.filter((one): one is RequestRecord => !('code' in one)),
    refused: read.filter((one): one is RefusedRecord => 'code' in one),
  };
}

function readPart(part: unknown, index: number): RequestRecord | RefusedRecord {
  const place = `records[${index}]`;
  const refuse = (path: string, detail: string) => ({ index, code: 'invalid_field', path: place + path, detail });
  if (typeof part !== 'object' || part === null) return refuse('', 'the record is not an object');
  const { key, contentType = contentTypes.rows, value } = part as Readonly<Record<string, unknown>>;
  if (typeof key !== 'string') return refuse('.key', 'key is not a text');
  if (typeof contentType !== 'string') return refuse('.contentType', 'contentType is not a text');
  if (typeof value !== 'string') return refuse('.value', 'value is not a text');
  const bytes = Buffer.from(value, 'base64');
  // Node leaves out what is no base64: what comes back then differs from what was given.
  if (bytes.toString('base64') !== value) return refuse('.value', 'value is not base64 with its padding');
  return { index, place: `${place}.value`, key, contentType, value: bytes };
}

/** A text in the JSON object that some bytes are; `null` when there is none: then decoding says what is wrong. */
function textIn(value: Buffer, name: string): string | null {
  const found = (parse(value) as Record<string, unknown> | null | undefined)?.[name];
  return typeof found === 'string' ? found : null;
}

/** `undefined` when the bytes are not JSON. */
function parse(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // whoever asks says so in words of its own: the parser's message quotes the text
  }
}

function whole(records: readonly RequestRecord[]): RequestRead {
  return { records, refused: [] };
}

function refuseAll(code: string, path: string, detail: string): RequestRead {
  return { records: [], refused: [{ index: 0, code, path, detail }] };
}
