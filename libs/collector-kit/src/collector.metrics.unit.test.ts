import { metricProblems } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { collectorMetrics } from './collector.metrics.js';

test.each(Object.entries(collectorMetrics))('%s is named and described well', (name, metric) => {
  expect(metricProblems(name, metric)).toEqual([]);
});
