import { metricProblems, type Metric } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { catalogues } from './catalogues.js';

test('every metric of the product is named as the field names metrics', () => {
  const problems = catalogues.flatMap(({ metrics }) =>
    Object.entries(metrics).flatMap(([name, metric]) =>
      metricProblems(name, metric as Metric).map((problem) => `${name}: ${problem}`),
    ),
  );
  expect(problems).toEqual([]);
});

test('a badly named metric is seen', () => {
  expect(
    metricProblems('omninode_x_seconds', { kind: 'counter', unit: 'bytes', meaning: 'no sentence', labels: ['job'] }),
  ).toHaveLength(5);
});

test('no name stands in two catalogues', () => {
  const names = catalogues.flatMap(({ metrics }) => Object.keys(metrics));
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});
