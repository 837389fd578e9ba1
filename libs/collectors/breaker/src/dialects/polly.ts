import type { Dialect } from './dialect.js';

/**
 * Polly 8 by OpenTelemetry's Prometheus exporter: events are counted, there is no state. The series of an event appears with
 * the first one. https://www.pollydocs.org/advanced/telemetry.html#metrics
 */
export const polly: Dialect = {
  library: 'polly',
  rules: [
    {
      metric: /^resilience_polly_strategy_events(_total)?$/,
      component: '{pipeline_name}/{strategy_name}',
      where: { event_name: 'OnCircuitOpened' },
      openings: { from: 'unknown', appears: true },
    },
  ],
};
