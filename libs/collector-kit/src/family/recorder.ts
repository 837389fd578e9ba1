import { CodedError } from '@omninode/contracts';
import type { Events, ExponentialValue, FamilyStatus, LabelArguments, Metric, Metrics } from '@omninode/contracts';
import { errors } from '../errors.js';
import type { AnyFamily } from './define-family.js';
import { toNumber } from './figure.js';
import type { Figure } from './figure.js';

/** A total or a distribution is told with when its source began to count, ms since 1970 UTC (`null`: the source does not say). */
type StartArgument<Name, M> = Name extends `${string}_total`
  ? [startMs: number | null]
  : M extends { readonly kind: 'exponential' }
    ? [startMs: number | null]
    : [];

/** A distribution is told as what it has come to since its start. */
type ValueOf<M> = M extends { readonly kind: 'exponential' } ? ExponentialValue | null | undefined : Figure;

/** What a family may say of itself when it could read something, but not all of it. */
export type PartialStatus = Extract<FamilyStatus, 'degraded' | 'permission' | 'unsupported'>;

/**
 * One function per declared metric. `undefined` and `null` mean "the source did not say": nothing is recorded, never 0.
 */
export type Recorder<M extends Metrics, E extends Events> = {
  readonly [Name in keyof M]: (
    value: ValueOf<M[Name]>,
    ...rest: [...LabelArguments<M[Name]>, ...StartArgument<Name, M[Name]>]
  ) => void;
} & {
  event<Name extends keyof E>(name: Name, attributes: Attributes<E[Name]>): void;
  /** Says that something is missing: one sentence, what and what to do. The first one of a pass stands. */
  report(status: PartialStatus, reason: string): void;
};

/** Exactly the declared attributes; `undefined` leaves one out. */
export type Attributes<Event> = Event extends {
  readonly attributes: Readonly<Record<infer Name extends string, string>>;
}
  ? Readonly<Record<Name, unknown>>
  : never;

/** A value as recorded, before the cap on label sets. */
export interface Recorded {
  readonly name: string;
  readonly metric: Metric;
  /** In the order of the metric's `labels`. */
  readonly labelValues: readonly string[];
  /** Of a distribution: how many values are in it. */
  readonly value: number;
  readonly distribution?: ExponentialValue;
  /** Of a counter or distribution; `null`: its source does not say. */
  readonly startMs: number | null;
}

export interface Recording {
  readonly values: Recorded[];
  readonly events: { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  /** One for each value that could not be recorded. */
  readonly failures: CodedError[];
  report: { readonly status: PartialStatus; readonly reason: string } | undefined;
}

/** A recorder for one pass of a family, and what it recorded. */
// eslint-disable-next-line typescript/no-explicit-any -- what it records only the family knows
export function createRecorder(family: AnyFamily): { recorder: Recorder<any, any>; recording: Recording } {
  const recording: Recording = { values: [], events: [], failures: [], report: undefined };
  const seen = new Set<string>();
  const functions: Record<string, unknown> = {
    event: (name: string, attributes: Readonly<Record<string, unknown>>) => {
      const said = Object.entries(attributes).filter(([, value]) => value !== undefined);
      recording.events.push({ name, attributes: Object.fromEntries(said) });
    },
    report: (status: PartialStatus, reason: string) => (recording.report ??= { status, reason }),
  };
  for (const [name, metric] of Object.entries(family.metrics as Metrics)) {
    functions[name] = (said: Figure | ExponentialValue, ...rest: readonly unknown[]) => {
      if (said === null || said === undefined) return;
      const value = toRecorded(name, metric, said, rest);
      const problem = problemOf(value, seen);
      if (problem) recording.failures.push(problem);
      else recording.values.push(value);
    };
  }
  return { recorder: functions as never, recording };
}

function toRecorded(
  name: string,
  metric: Metric,
  said: NonNullable<Figure> | ExponentialValue,
  rest: readonly unknown[],
): Recorded {
  const labels = (metric.labels.length > 0 ? rest[0] : {}) as Readonly<Record<string, string>>;
  const labelValues = metric.labels.map((label) => labels[label] as string);
  const hasStart = metric.kind === 'counter' || metric.kind === 'exponential';
  const startMs = hasStart ? (rest.at(-1) as number | null) : null;
  if (metric.kind !== 'exponential') {
    return { name, metric, labelValues, value: toNumber(said as NonNullable<Figure>), startMs };
  }
  const distribution = said as ExponentialValue;
  const value = distribution.counts.reduce((sum, count) => sum + count, distribution.zeroCount);
  return { name, metric, labelValues, value, distribution, startMs };
}

function problemOf({ name, metric, labelValues, value }: Recorded, seen: Set<string>): CodedError | undefined {
  if (!Number.isFinite(value)) return errors.NOT_FINITE({ metric: name, value });
  if (metric.kind === 'counter' && value < 0) return errors.NEGATIVE_TOTAL({ metric: name, value });
  const series = JSON.stringify([name, ...labelValues]);
  if (seen.has(series)) return errors.RECORDED_TWICE({ metric: name, labels: JSON.stringify(labelValues) });
  seen.add(series);
  return undefined;
}
