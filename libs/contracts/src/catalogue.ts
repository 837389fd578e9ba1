/**
 * Metrics as declared data. Everything that docs, `/metrics`, dashboards and rules say of a metric derives from its
 * declaration; a wrong name, label or unit does not compile.
 */

/** Base units only, as the metric's name ends in them (`_seconds`, `_bytes`, `_ratio`) or counts things. */
export type Unit =
  | 'seconds'
  | 'bytes'
  | 'ratio'
  | 'timestamp'
  | 'boolean'
  | 'blocks'
  | 'brokers'
  | 'calls'
  | 'clients'
  | 'connections'
  | 'databases'
  | 'directories'
  | 'entries'
  | 'errors'
  | 'events'
  | 'files'
  | 'groups'
  | 'measurements'
  | 'members'
  | 'messages'
  | 'operations'
  | 'partitions'
  | 'passes'
  | 'points'
  | 'queries'
  | 'records'
  | 'replicas'
  | 'requests'
  | 'rows'
  | 'series'
  | 'sessions'
  | 'slots'
  | 'statements'
  | 'tables'
  | 'targets'
  | 'topics'
  | 'transactions'
  | 'version'
  | 'voters';

export type MetricKind = 'gauge' | 'counter' | 'histogram' | 'exponential';

/** `L`: the names of its labels. `target` or `service_name` and `service_instance` are added by whoever publishes. */
export interface Metric<L extends string = string> {
  readonly kind: MetricKind;
  readonly unit: Unit;
  /** One sentence: what it counts or measures, and when it is absent. */
  readonly meaning: string;
  readonly labels: readonly L[];
  /** Upper bounds of an explicit histogram's buckets, ascending, without +Inf. */
  readonly bounds?: readonly number[];
}

type Declare<Kind extends MetricKind = MetricKind> = {
  (unit: Unit, meaning: string): Metric<never> & { readonly kind: Kind };
  <const L extends string>(unit: Unit, meaning: string, labels: readonly L[]): Metric<L> & { readonly kind: Kind };
};

/** A value that goes up and down. */
export const gauge: Declare = declare('gauge');
/** A total as the source gives it: it only grows until the source restarts or is reset. */
export const counter: Declare = declare('counter');
/** A distribution in exponential buckets: mergeable, about 4 % relative error at scale 3. */
export const exponential: Declare<'exponential'> = declare('exponential');

/** A distribution in fixed buckets. `bounds` ascend and leave +Inf out. */
export function histogram<const L extends string = never>(
  unit: Unit,
  meaning: string,
  bounds: readonly number[],
  labels: readonly L[] = [],
): Metric<L> {
  return { kind: 'histogram', unit, meaning, labels, bounds };
}

export type MetricName = `omninode_${string}`;
export type Metrics = Readonly<Record<string, Metric<never> | Metric<string>>>;

/** Rules that the compiler can check of a catalogue: the prefix, and that counters and only counters end in `_total`. */
export type WellNamed<M> = {
  readonly [K in keyof M]: K extends MetricName ? unknown : 'a metric name begins with omninode_';
};

/** Declares a catalogue. The rest of the naming rules (`metricProblems`) is checked by a test over all catalogues. */
export function defineMetrics<const M extends Metrics>(metrics: M & WellNamed<M>): M {
  return metrics;
}

export type LabelsOf<M> = M extends Metric<infer L> ? L : never;
/** The trailing arguments of a recorder: none, or one object with exactly the metric's labels. */
export type LabelArguments<M> = [LabelsOf<M>] extends [never] ? [] : [labels: Readonly<Record<LabelsOf<M>, string>>];

/** An event: what has an id, a text or an unbounded value, and therefore can't be a series. */
export interface EventDeclaration<A extends string = string> {
  readonly meaning: string;
  /** Attribute name → what it holds, with its unit. */
  readonly attributes: Readonly<Record<A, string>>;
}

export type Events = Readonly<Record<string, EventDeclaration>>;

/** Declares events; an event name is lower case with dots, `database.statement_ranking`. */
export function defineEvents<const E extends Events>(events: E): E {
  return events;
}

/** What is wrong with a metric's name or declaration by Prometheus' practice; empty when nothing is. */
export function metricProblems(name: string, metric: Metric): string[] {
  const problems: string[] = [];
  if (!/^omninode_[a-z][a-z0-9_]*$/.test(name))
    problems.push('a name is lower case, with underscores, and begins with omninode_');
  if ((metric.kind === 'counter') !== name.endsWith('_total'))
    problems.push('counters and only counters end in _total');
  const base = name.replace(/_total$/, '');
  for (const unit of ['seconds', 'bytes', 'ratio'] as const) {
    if (metric.unit === unit && !base.endsWith(`_${unit}`))
      problems.push(`its unit is ${unit}, so its name ends in _${unit}`);
    if (metric.unit !== unit && base.endsWith(`_${unit}`) && metric.unit !== 'timestamp')
      problems.push(`its name says ${unit}, its unit is ${metric.unit}`);
  }
  if (metric.unit === 'timestamp' && !name.endsWith('_timestamp_seconds'))
    problems.push('a point in time ends in _timestamp_seconds');
  if (!/^[A-Z].*\.$/s.test(metric.meaning)) problems.push('its meaning is a sentence');
  for (const label of metric.labels) {
    if (!/^[a-z][a-z0-9_]*$/.test(label) || label === 'le' || label === 'job' || label === 'instance')
      problems.push(`${label} is not allowed as a label`);
  }
  return problems;
}

function declare<Kind extends MetricKind>(kind: Kind): Declare<Kind> {
  return ((unit: Unit, meaning: string, labels: readonly string[] = []) => ({
    kind,
    unit,
    meaning,
    labels,
  })) as Declare<Kind>;
}
