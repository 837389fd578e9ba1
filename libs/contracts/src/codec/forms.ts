import type { MetricKind } from '../catalogue.js';
import { limits } from './limits.js';

/** Forms that the decoder and the schemas share, so that they can't differ. */

/** A producer, an entity, a target id: some characters, no control characters, no lone surrogates. */
export const identityForm = /^[^\p{Cc}\p{Cs}]{1,256}$/u;
/** Prometheus' form of a metric's name; `__` is reserved. */
export const metricNameForm = /^(?!__)[a-zA-Z_:][a-zA-Z0-9_:]*$/;
/** Prometheus' form of a label's name; `__` is reserved, `le` belongs to histograms, `job` and `instance` to Prometheus. */
export const labelNameForm = /^(?!__|(?:le|job|instance)$)[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Lower case words, with dots between them: `database.statement_ranking`. */
export const eventNameForm = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/;

export const metricKinds = ['gauge', 'counter', 'histogram', 'exponential'] as const satisfies readonly MetricKind[];

export function isIdentity(value: unknown): value is string {
  return typeof value === 'string' && identityForm.test(value);
}

/** Any text without lone surrogates, which UTF-8 can't hold. */
export function isText(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length <= length && value.isWellFormed();
}

export function isMetricName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.nameLength && metricNameForm.test(value);
}

export function isLabelName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.nameLength && labelNameForm.test(value);
}

/** An empty value is the same as no label. */
export function isLabelValue(value: unknown): value is string {
  return isText(value, limits.labelValueLength);
}

/** Names and values of labels; at most `limits.labels`. */
export function isLabels(value: unknown): value is Readonly<Record<string, string>> {
  if (!isObject(value)) return false;
  const names = Object.keys(value);
  return names.length <= limits.labels && names.every((name) => isLabelName(name) && isLabelValue(value[name]));
}

/** What an event, a command or a memory says in its own words: an object of plain JSON. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && isPlainJson(value);
}

export function isEventName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= limits.nameLength && eventNameForm.test(value);
}

export function isTime(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= limits.earliestMs && (value as number) < limits.latestMs;
}

/** An integer that a double holds exactly, from `least` on. */
export function isCount(value: unknown, least = 0): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/** Finite and strictly ascending. */
export function isAscending(bounds: readonly unknown[]): bounds is readonly number[] {
  let last = -Infinity;
  for (const bound of bounds) {
    if (!Number.isFinite(bound) || (bound as number) <= last) return false;
    last = bound as number;
  }
  return true;
}

/** JSON that is safe to copy, store and print again: not too deep, finite numbers, no member named `__proto__`. */
export function isPlainJson(value: unknown, depth: number = limits.attributeDepth): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isPlainJson(element, depth - 1));
  if (Object.hasOwn(value, '__proto__')) return false;
  return Object.values(value).every((member) => isPlainJson(member, depth - 1));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
