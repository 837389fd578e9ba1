import type { DecodedRecord, ExponentialValue, MetricDefinition, MetricKind } from '@omninode/contracts';
import { meshEntity } from '../engine/alert-instance.js';
import type { Rule, RuleTest, TestSeries } from '../rules/rule.js';
import { readSeriesValues } from './series-values.js';

/** Bounds of explicit histograms in tests. */
export const testBounds: readonly number[] = [0.01, 0.1, 0.5, 1, 2, 5, 10, 30];

export type KindOf = (metric: string) => MetricKind;

/** The kinds of the metrics that a rule's tests use, as far as the rule itself knows them. */
export function kindsOf(rule: Rule): KindOf {
  const { main, per } = rule.signal;
  return (metric) => (metric === per?.metric ? per.kind : main.kind);
}

/** How many intervals a test has. */
export function stepsOf({ series, expect, intervalMs }: RuleTest): number {
  const longest = Math.max(...series.map(({ values }) => readSeriesValues(values)!.length));
  return Math.max(longest, ...expect.map(({ atMs }) => Math.ceil(atMs / intervalMs) + 1));
}

/**
 * The records of a test, one for each interval and entity that has anything, in rows as a service would send them. `startMs` is the
 * time of the first.
 */
export function* testRecords(test: RuleTest, kindOf: KindOf, startMs: number): Generator<DecodedRecord> {
  const all = test.series.map((series) => new SeriesInTest(series, kindOf(series.metric)));
  const entities = Map.groupBy(all, ({ entity }) => entity);
  for (let step = 0; step < stepsOf(test); step++) {
    for (const [entity, series] of entities) {
      const told = series.filter((each) => each.advance(step));
      if (told.length > 0) yield recordOf(entity, told, startMs + step * test.intervalMs);
    }
  }
}

class SeriesInTest {
  readonly entity: string;
  readonly metric: MetricDefinition;
  readonly labelValues: readonly string[];
  /** Slots as the wire has them; of an exponential histogram none. */
  slots: readonly number[] = [];
  exponential: ExponentialValue | undefined;
  private readonly values: readonly (number | undefined)[];
  private readonly counts = new Map<number, number>();
  private sum = 0;

  constructor(
    private readonly series: TestSeries,
    kind: MetricKind,
  ) {
    const { labels, metric: name, values } = series;
    this.entity = labels.target ?? labels.service_name ?? labels.entity ?? meshEntity;
    const labelNames = Object.keys(labels);
    const bounds = kind === 'histogram' ? testBounds : [];
    this.metric = { name, kind, unit: '', help: '', labelNames, bounds };
    this.labelValues = Object.values(labels);
    this.values = readSeriesValues(values)!;
  }

  /** Goes on to an interval; false when the series says nothing in it. */
  advance(step: number): boolean {
    const value = this.values[step];
    if (value === undefined) return false;
    const { kind } = this.metric;
    if (kind === 'gauge' || kind === 'counter') this.slots = [value];
    else this.observe(value);
    return true;
  }

  private observe(value: number): void {
    const isExponential = this.metric.kind === 'exponential';
    const bucket = isExponential ? Math.ceil(Math.log2(value) * 2 ** testScale) - 1 : explicitBucket(value);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + this.series.each);
    this.sum += value * this.series.each;
    if (!isExponential) {
      this.slots = [...[...testBounds, Infinity].map((_, at) => this.counts.get(at) ?? 0), this.sum];
      return;
    }
    const offset = Math.min(...this.counts.keys());
    const length = Math.max(...this.counts.keys()) - offset + 1;
    const counts = Array.from({ length }, (_, at) => this.counts.get(offset + at) ?? 0);
    this.exponential = { scale: testScale, zeroCount: 0, sum: this.sum, offset, counts };
  }
}

const testScale = 3;

function explicitBucket(value: number): number {
  const at = testBounds.findIndex((bound) => value <= bound);
  return at < 0 ? testBounds.length : at;
}

function recordOf(entity: string, series: readonly SeriesInTest[], timeMs: number): DecodedRecord {
  return {
    producer: `${entity}/test`,
    entity,
    incarnation: null,
    sequence: null,
    timeMs,
    dictionary: {
      from: 0,
      metrics: series.map(({ metric }) => metric),
      series: series.map(({ labelValues }, at) => [at, labelValues]),
    },
    data: {
      known: series.length,
      indexes: null,
      values: series.flatMap(({ slots }) => slots),
      timeOffsetsMs: null,
      starts: [],
      exponentials: series.flatMap(({ exponential }, at) => (exponential ? [[at, exponential] as const] : [])),
    },
    events: [],
    close: null,
    encoding: 'rows',
    rejected: [],
  };
}
