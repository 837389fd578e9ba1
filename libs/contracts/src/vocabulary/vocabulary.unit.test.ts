import { expect, test } from 'vitest';
import { metricProblems } from '../catalogue.js';
import type { Metric } from '../catalogue.js';
import { applicationCacheMetrics } from './cache.js';
import { poolMetrics } from './pool.js';
import { producerMetrics } from './producer.js';
import { requestMetrics } from './requests.js';

const all = Object.entries({ ...requestMetrics, ...poolMetrics, ...producerMetrics, ...applicationCacheMetrics }) as [
  string,
  Metric,
][];

test.each(all)('%s is named and described well', (name, metric) => expect(metricProblems(name, metric)).toEqual([]));

test('the names and labels of the strategy document are kept', () => {
  const labels = Object.fromEntries(all.map(([name, metric]) => [name, metric.labels]));
  expect(labels).toMatchObject({
    omninode_request_duration_seconds: ['component', 'operation', 'status'],
    omninode_requests_total: ['component', 'operation', 'status'],
    omninode_errors_total: expect.arrayContaining(['component', 'error_type']),
    omninode_timeout_failures_total: expect.arrayContaining(['component']),
    omninode_retry_attempts_total: expect.arrayContaining(['component']),
    omninode_active_connections: expect.arrayContaining(['service']),
    omninode_max_connections: expect.arrayContaining(['service']),
    omninode_memory_usage_bytes: ['cache'],
  });
});
