import type { MetricKind } from '@omninode/contracts';
import type { Condition } from './condition.js';
import type { Matchers } from './matchers.js';
import type { Template } from './template.js';

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const windowFunctions = [
  'last',
  'avg',
  'min',
  'max',
  'sum',
  'rate',
  'increase',
  'quantile',
  'count',
  'absent',
] as const;
export type WindowFunction = (typeof windowFunctions)[number];

/** What happens when no verdict was possible for a while. */
export const noDataVerdicts = ['firing', 'noData', 'ok', 'keepLast'] as const;
export type NoDataVerdict = (typeof noDataVerdicts)[number];

/** A rule as the engine evaluates it. */
export interface Rule {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** A hash of all that decides or is told. An alert remembers it: another version is another rule. */
  readonly version: string;
  readonly signal: Signal;
  readonly window: Window;
  /** The least severe first; at least one. */
  readonly levels: readonly Level[];
  /** How long a level must hold before the alert fires, ms. */
  readonly forMs: number;
  /** How long an alert goes on firing after no level holds any more, ms. */
  readonly keepFiringForMs: number;
  /** Samples that the window must hold; below there is no verdict. */
  readonly minSamples: number;
  readonly noData: { readonly afterMs: number; readonly as: NoDataVerdict };
  readonly flap: Flap | undefined;
  /** Rules that explain this one: while one of them fires for the same entity, this one waits. */
  readonly dependsOn: readonly string[];
  /** Alerts of this rule that may be pending or firing in one partition; the rest is told as one. */
  readonly maxInstances: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, Template>>;
  readonly runbook: Runbook | undefined;
  readonly tests: readonly RuleTest[];
}

export interface Signal {
  readonly main: SignalSide;
  /** What `main` is divided by. */
  readonly per: SignalSide | undefined;
  /** Labels that tell alerts of this rule apart. Series that differ in others only are summed. */
  readonly by: readonly string[];
  /** The least that `per`, or the number of observations of a histogram, must be in the window; below there is no verdict. */
  readonly minVolume: number;
}

export interface SignalSide {
  readonly metric: string;
  readonly kind: MetricKind;
  readonly where: Matchers;
}

export interface Window {
  readonly fn: WindowFunction;
  readonly overMs: number;
  /** Of `quantile`: between 0 and 1. */
  readonly q: number;
}

export interface Level {
  readonly severity: Severity;
  readonly fire: Condition;
  /** When it ends. Absent: as soon as `fire` does not hold. */
  readonly clear: Condition | undefined;
}

/** An alert that comes and goes `high` times within `overMs` is told once as flapping, until it did so at most `low` times. */
export interface Flap {
  readonly overMs: number;
  readonly high: number;
  readonly low: number;
}

/** What a person should know, each in Markdown. */
export interface Runbook {
  readonly meaning: string;
  readonly look: string;
  readonly do: string;
}

/** Series, one value each interval from 0 on, and what must hold at times. */
export interface RuleTest {
  readonly name: string;
  readonly intervalMs: number;
  readonly series: readonly TestSeries[];
  readonly expect: readonly TestExpectation[];
}

export interface TestSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Promtool's notation: `50x4 0+10x20 _x3`. Of a histogram: the size of the observations in each interval, of which there are
   * `each`.
   */
  readonly values: string;
  readonly each: number;
}

export interface TestExpectation {
  readonly atMs: number;
  readonly state: 'inactive' | 'pending' | 'firing';
  readonly severity: Severity | undefined;
  /** Of the alert that is meant; absent: the only one that the test makes. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}
