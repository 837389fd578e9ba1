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

test('a name that two catalogues have is the same metric in both: only its meaning may say more of the one who tells it', () => {
  const all = catalogues.flatMap(({ metrics }) => Object.entries(metrics) as [string, Metric][]);
  const forms = Map.groupBy(all, ([name]) => name);
  const formOf = ([, { kind, unit, labels }]: [string, Metric]) => JSON.stringify([kind, unit, labels]);
  expect([...forms].filter(([, same]) => new Set(same.map(formOf)).size > 1).map(([name]) => name)).toEqual([]);
});
