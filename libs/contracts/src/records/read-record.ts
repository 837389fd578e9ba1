import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';

export type ReadResult<T> =
  | { readonly ok: true; readonly record: T }
  | {
      readonly ok: false;
      readonly code: 'empty_record' | 'invalid_utf8' | 'invalid_json' | 'invalid_record';
      readonly detail: string;
    };

/** Reads a record of one of the plain JSON topics by its schema. Never throws; the detail names fields, never values. */
export function readRecord<S extends z.ZodType>(schema: S, value: Buffer | null): ReadResult<z.infer<S>> {
  const body = bodyOf(value);
  return body.ok ? readBody(schema, body.record) : body;
}

/** The value as JSON, of which nothing is known yet. */
export function bodyOf(value: Buffer | null): ReadResult<unknown> {
  if (value === null || value.length === 0)
    return { ok: false, code: 'empty_record', detail: 'the record has no value' };
  if (!isUtf8(value)) return { ok: false, code: 'invalid_utf8', detail: 'the value is not UTF-8' };
  const body = parse(value.toString('utf8'));
  if (body === undefined) return { ok: false, code: 'invalid_json', detail: 'the value is not JSON' };
  return { ok: true, record: body };
}

export function readBody<S extends z.ZodType>(schema: S, body: unknown): ReadResult<z.infer<S>> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, record: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, code: 'invalid_record', detail: `${issue?.path.join('.') || 'record'}: ${issue?.message}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may hold what nobody should read in a log.
    return undefined;
  }
}
