import { isUtf8 } from 'node:buffer';
import { contentTypes } from '../measurement.js';
import type { DecodeResult } from '../measurement.js';
import { decodeColumns } from './decode-columns.js';
import { decodeRows } from './decode-rows.js';
import { isObject } from './forms.js';
import { limits } from './limits.js';
import { Refusal } from './refusal.js';

/**
 * Reads a record of the measurement topic, whichever encoding its header `content-type` names; without the header it is
 * rows. Never throws: what can't be taken is answered with a code of `decodeCodes`. Memory and time grow with the bytes of
 * the record and with nothing that it says.
 *
 * A bad point costs that point only. In columns it stays in its slot as NaN, so that the others keep theirs; while
 * `rejected` is empty no value is NaN and a reader need not look. In rows it is left out.
 */
export function decodeRecord(value: Buffer | null, contentType: string | undefined, key: string | null): DecodeResult {
  if (value === null || value.length === 0) return new Refusal('empty_record', 'the record has no value');
  const encoding = encodingOf(contentType);
  if (encoding instanceof Refusal) return encoding;
  const text = readText(value);
  if (text instanceof Refusal) return text;
  const body = parse(text);
  if (body instanceof Refusal) return body;
  if (body.v !== 1) return new Refusal('unsupported_version', 'v is not 1');
  return encoding === 'columns' ? decodeColumns(body, key, value.length) : decodeRows(body, key);
}

function encodingOf(contentType: string | undefined): 'rows' | 'columns' | Refusal {
  if (contentType === contentTypes.columns) return 'columns';
  if (contentType === contentTypes.rows || contentType === undefined) return 'rows';
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type === 'application/json') return 'rows';
  if (type !== 'application/vnd.omninode.columns+json') {
    return new Refusal(
      'unsupported_content_type',
      `content-type is neither ${contentTypes.rows} nor ${contentTypes.columns}`,
    );
  }
  return parameters.includes('v=1') ? 'columns' : new Refusal('unsupported_version', 'content-type does not say v=1');
}

function readText(value: Buffer): string | Refusal {
  if (value.length > limits.recordBytes) {
    return new Refusal('record_too_large', `${value.length} bytes, at most ${limits.recordBytes}`);
  }
  return isUtf8(value) ? value.toString('utf8') : new Refusal('invalid_utf8', 'the value is not UTF-8');
}

function parse(text: string): Readonly<Record<string, unknown>> | Refusal {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : new Refusal('invalid_field', 'the record is not a JSON object');
  } catch {
    // The parser's message quotes the text, which may hold what nobody should read in a log.
    return new Refusal('invalid_json', 'the value is not JSON');
  }
}
