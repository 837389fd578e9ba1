import { CodedError, errorCode } from '@omninode/contracts';
import { Secret } from '../configuration/secret.js';
import type { LogFields } from './logger.js';

/** Fields as they may be written: what can hold a secret is `***`, errors are data, sizes are bounded. */
export function presentable(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      reservedNames.has(name) ? `${name}_` : name,
      presentValue(name, value, 0),
    ]),
  );
}

/** A text without the user and password of the URLs in it. */
export function withoutCredentials(text: string): string {
  // Up to the last @: a password that was not escaped can hold any character, / and @ included. Paths of files have none.
  return text.replace(/(?<![a-z0-9+.-])(?!file:)([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, '$1***@');
}

/** Fields whose values are never written, whatever they hold. */
const secretNames =
  /password|passwd|passphrase|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential/i;
/** Written by the logger itself. */
const reservedNames = new Set(['level', 'time', 'service', 'msg']);
const deepest = 4;
const longestText = 4_096;
const longestList = 100;

function presentValue(name: string, value: unknown, depth: number): unknown {
  if (value instanceof Secret) return '***';
  if (secretNames.test(name) && value !== undefined && value !== null) return '***';
  if (typeof value === 'string') return cut(withoutCredentials(value));
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth === deepest) return '[deeper]';
  if (value instanceof Error) return presentError(value, depth);
  if (value instanceof URL) return withoutCredentials(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, longestList).map((element) => presentValue('', element, depth + 1));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.slice(0, longestList).map(([key, part]) => [key, presentValue(String(key), part, depth + 1)]),
  );
}

/** Code, message and causes. The stack is for what nobody foresaw: a coded error says where and what to do by itself. */
function presentError(error: Error, depth: number): Record<string, unknown> {
  const foreseen = error instanceof CodedError || typeof (error as { code?: unknown }).code === 'string';
  return {
    code: error instanceof CodedError ? error.code : errorCode(error),
    message: cut(withoutCredentials(error.message)),
    ...(!foreseen && error.stack && { stack: cut(withoutCredentials(error.stack)) }),
    ...(error.cause !== undefined && { cause: presentValue('cause', error.cause, depth + 1) }),
    ...(error instanceof AggregateError && { errors: presentValue('errors', error.errors, depth + 1) }),
  };
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text;
}
