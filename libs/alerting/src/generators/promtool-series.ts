import type { Rule, RuleTest, TestSeries } from '../rules/rule.js';
import { yamlText } from './yaml-text.js';
import { readSeriesValues } from '../rule-tests/series-values.js';
import { kindsOf, testBounds } from '../rule-tests/test-records.js';

/** The series of a test as promtool takes them. A histogram becomes the buckets in which it is exposed. */
export function promtoolSeries(rule: Rule, test: RuleTest): string[] {
  const kindOf = kindsOf(rule);
  return test.series.flatMap((series) => {
    const kind = kindOf(series.metric);
    if (kind === 'gauge' || kind === 'counter') return line(series.metric, series.labels, series.values);
    return bucketLines(series, kind === 'histogram' ? testBounds : powersOfTwo(series));
  });
}

/** Bounds that an exponential histogram with these observations has on the page: powers of two around them. */
function powersOfTwo({ values }: TestSeries): number[] {
  const exponents = observations(values).map((value) => Math.ceil(Math.log2(value)));
  const from = Math.min(...exponents);
  return Array.from({ length: Math.max(...exponents) - from + 1 }, (_, at) => 2 ** (from + at));
}

function bucketLines(series: TestSeries, bounds: readonly number[]): string[] {
  const values = readSeriesValues(series.values)!;
  const counted = (isIn: (value: number) => boolean, amount: (value: number) => number) => {
    let total = 0;
    return values
      .map((value) => {
        if (value === undefined) return '_';
        if (isIn(value)) total += amount(value) * series.each;
        return String(total);
      })
      .join(' ');
  };
  const { metric, labels } = series;
  return [
    ...bounds.flatMap((bound) =>
      line(
        `${metric}_bucket`,
        { ...labels, le: String(bound) },
        counted(
          (value) => value <= bound,
          () => 1,
        ),
      ),
    ),
    ...line(
      `${metric}_bucket`,
      { ...labels, le: '+Inf' },
      counted(
        () => true,
        () => 1,
      ),
    ),
    ...line(
      `${metric}_count`,
      labels,
      counted(
        () => true,
        () => 1,
      ),
    ),
    ...line(
      `${metric}_sum`,
      labels,
      counted(
        () => true,
        (value) => value,
      ),
    ),
  ];
}

function observations(values: string): number[] {
  return readSeriesValues(values)!.filter((value) => value !== undefined);
}

function line(metric: string, labels: Readonly<Record<string, string>>, values: string): string[] {
  const text = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
  return [`      - series: ${yamlText(`${metric}{${text}}`)}`, `        values: ${yamlText(values)}`];
}
