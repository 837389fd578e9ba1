import type { Dialect } from './dialect.js';

/**
 * resilience4j by Micrometer, and by its older module for the Prometheus client, which has no `_seconds` in the name of its
 * calls. Rates are percentages, and −1 as long as there are too few calls.
 * https://resilience4j.readme.io/docs/micrometer,
 * https://github.com/resilience4j/resilience4j/blob/master/resilience4j-micrometer/src/main/java/io/github/resilience4j/micrometer/tagged/AbstractCircuitBreakerMetrics.java
 */
export const resilience4j: Dialect = {
  library: 'resilience4j',
  rules: [
    {
      metric: 'resilience4j_circuitbreaker_state',
      component: '{name}',
      state: {
        label: 'state',
        names: {
          closed: 'closed',
          open: 'open',
          half_open: 'half_open',
          forced_open: 'forced_open',
          disabled: 'disabled',
          metrics_only: 'metrics_only',
        },
      },
    },
    {
      metric: /^resilience4j_circuitbreaker_calls(_seconds)?_count$/,
      component: '{name}',
      calls: { label: 'kind', names: { successful: 'success', failed: 'failure', ignored: 'ignored' } },
    },
    {
      metric: 'resilience4j_circuitbreaker_not_permitted_calls_total',
      component: '{name}',
      calls: { outcome: 'rejected' },
    },
    {
      metric: 'resilience4j_circuitbreaker_failure_rate',
      component: '{name}',
      figure: { name: 'failure_ratio', scale: 0.01 },
    },
    {
      metric: 'resilience4j_circuitbreaker_slow_call_rate',
      component: '{name}',
      figure: { name: 'slow_call_ratio', scale: 0.01 },
    },
  ],
};
