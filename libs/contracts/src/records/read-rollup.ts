import { isCount, isLabels, isLabelValue, isMetricName, isObject, isIdentity, isText, isTime } from '../codec/forms.js';
import { limits } from '../codec/limits.js';
import { requestStatuses } from '../vocabulary/requests.js';
import { bodyOf, readBody, type ReadResult } from './read-record.js';
import { rollupRecord, type RollupRecord } from './rollup.js';

/**
 * Reads a value of `evt.rollup.v1` as `readRecord(rollupRecord, …)` does, for a small part of the cost: a replica reads a month of
 * them when it starts. What has exactly the members that we write is checked here; whatever else it is, the schema says.
 */
export function readRollup(value: Buffer | null): ReadResult<RollupRecord> {
  const body = bodyOf(value);
  if (!body.ok) return body;
  return isWrittenRollup(body.record) ? { ok: true, record: body.record } : readBody(rollupRecord, body.record);
}

type Check = (value: unknown) => boolean;

interface Form {
  /** By name, of those that may be left out too. A map, because a name is somebody else's text. */
  readonly checks: ReadonlyMap<string, Check>;
  readonly required: ReadonlySet<string>;
}

const hourMs = 3_600_000;

const isAmount: Check = (value) => Number.isFinite(value) && (value as number) >= 0;
const isTrue: Check = (value) => value === true;
const textUpTo =
  (length: number): Check =>
  (value) =>
    isText(value, length);

const exemplar = formOf(
  { at: isTime, seconds: (value) => isAmount(value) && (value as number) <= 1e9, status: textUpTo(64) },
  { errorType: textUpTo(256), requestId: textUpTo(256), traceId: textUpTo(64), spanId: textUpTo(64) },
);
const head = {
  v: (value: unknown) => value === 1,
  k: () => true,
  entity: isIdentity,
  hour: (value: unknown) => isTime(value) && value % hourMs === 0,
  closed: (value: unknown) => typeof value === 'boolean',
};
const measured = { name: isMetricName, unit: textUpTo(limits.unitLength), labels: isLabels };

const forms: ReadonlyMap<unknown, Form> = new Map([
  [
    'operation',
    formOf(
      {
        ...head,
        service: isLabelValue,
        component: isLabelValue,
        operation: isLabelValue,
        requests: (value) => isByStatus(value, isAmount),
        durations: (value) => isByStatus(value, isDistribution),
        errors: isErrors,
        timeouts: isAmount,
        slow: isAmount,
        retries: isAmount,
        exemplars: (value) => Array.isArray(value) && value.length <= 8 && value.every((one) => hasForm(one, exemplar)),
      },
      { folded: (value) => isCount(value), partial: isTrue },
    ),
  ],
  ['counter', formOf({ ...head, ...measured, increase: isAmount }, { partial: isTrue })],
  [
    'gauge',
    formOf({
      ...head,
      ...measured,
      count: (value) => isCount(value),
      sum: Number.isFinite,
      min: Number.isFinite,
      max: Number.isFinite,
      last: Number.isFinite,
      values: isDistribution,
    }),
  ],
  [
    'statement',
    formOf(
      {
        ...head,
        database: textUpTo(256),
        queryId: textUpTo(64),
        userId: textUpTo(64),
        calls: isAmount,
        seconds: isAmount,
      },
      { query: textUpTo(4_096), slowestMeanSeconds: isAmount },
    ),
  ],
]);

function isWrittenRollup(body: unknown): body is RollupRecord {
  const form = isObject(body) && forms.get(body.k);
  return form ? hasForm(body, form) : false;
}

function formOf(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Form {
  return {
    checks: new Map([...Object.entries(required), ...Object.entries(optional)]),
    required: new Set(Object.keys(required)),
  };
}

/** Whether it has all that is required, and nothing that the form does not know. */
function hasForm(value: unknown, { checks, required }: Form): boolean {
  if (!isObject(value)) return false;
  let missing = required.size;
  for (const name of Object.keys(value)) {
    if (!checks.get(name)?.(value[name])) return false;
    if (required.has(name)) missing--;
  }
  return missing === 0;
}

function isDistribution(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [scale, zeroCount, sum, offset, counts] = value as unknown[];
  return (
    isWithin(scale, -10, 20) &&
    isAmount(zeroCount) &&
    Number.isFinite(sum) &&
    isWithin(offset, -(2 ** 31), 2 ** 31 - 1) &&
    Array.isArray(counts) &&
    counts.length <= limits.exponentialBuckets &&
    counts.every(isAmount)
  );
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isByStatus(value: unknown, check: Check): boolean {
  if (!isObject(value)) return false;
  return Object.keys(value).every(
    (status) => (requestStatuses as readonly string[]).includes(status) && check(value[status]),
  );
}

function isErrors(value: unknown): boolean {
  if (!isObject(value)) return false;
  // zod's own record passes over a member `__proto__`.
  return Object.keys(value).every((type) => type !== '__proto__' && isLabelValue(type) && isAmount(value[type]));
}
