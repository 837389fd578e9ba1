import { readSeriesValues } from '../rule-tests/series-values.js';
import type { KnownMetric } from './catalogue.js';
import { nearest } from './nearest.js';
import type { Path } from './problem.js';
import type { RuleForm } from './rule-file.js';
import type { RuleTest } from './rule.js';

/** The tests of a rule, with what a test may leave out filled in: the metric is the rule's own. */
export function readTests(
  form: RuleForm,
  catalogue: ReadonlyMap<string, KnownMetric>,
  report: (inside: Path, problem: string, suggestion?: string) => void,
): RuleTest[] {
  return form.tests.map((test, at) => ({
    name: test.name,
    intervalMs: test.interval,
    series: test.series.map(({ metric = form.signal.metric, labels, values, each }, nth) => {
      const path: Path = ['tests', at, 'series', nth];
      const known = catalogue.get(metric);
      if (!known) {
        const near = nearest(metric, catalogue.keys());
        report([...path, 'metric'], `there is no metric ${metric}`, near && `did you mean ${near}?`);
      }
      for (const label of Object.keys(labels)) {
        if (known && !known.labels.includes(label))
          report([...path, 'labels', label], `${metric} has no label ${label}`);
      }
      if (!readSeriesValues(values)) report([...path, 'values'], 'write values as promtool does', '"50x4 0+10x20 _x3"');
      return { metric, labels, values, each };
    }),
    expect: test.expect.map(({ at: atMs, state, severity, labels }) => ({ atMs, state, severity, labels })),
  }));
}
