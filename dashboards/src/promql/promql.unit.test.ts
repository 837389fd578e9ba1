import { expect, test } from 'vitest';
import { isAbove, ratio, sum, topk } from './expression.js';
import { chosen, noneOf } from './selector.js';
import { gauge, increase, quantile, rate } from './series.js';

const target = chosen('target');

test('expressions read as people write them', () => {
  const trips = increase('omninode_circuit_breaker_trips_total', { target }, '1h');
  expect(topk(5, sum(trips, 'target', 'component')).promql).toBe(
    'topk(5, sum by (target, component) (increase(omninode_circuit_breaker_trips_total{job=~"$job",target=~"$target"}[1h])))',
  );
  expect(quantile(0.95, 'omninode_request_duration_seconds', { status: noneOf('cancelled') }, 'component').promql).toBe(
    'histogram_quantile(0.95, sum by (le, component) (rate(omninode_request_duration_seconds_bucket{job=~"$job",status!~"cancelled"}[$__rate_interval])))',
  );
  expect(sum(isAbove(ratio(gauge('omninode_active_connections'), gauge('omninode_max_connections')), 0.9)).promql).toBe(
    'sum((omninode_active_connections{job=~"$job"} / (omninode_max_connections{job=~"$job"} > 0)) > bool 0.9)',
  );
});

test('a value in a matcher is only ever a value', () => {
  expect(gauge('omninode_active_connections', { pool: 'a"} or vector(1) # \\' }).promql).toBe(
    'omninode_active_connections{job=~"$job",pool="a\\"} or vector(1) # \\\\"}',
  );
});

test('what Prometheus would find nothing for does not compile', () => {
  // @ts-expect-error There is no such metric.
  gauge('omninode_active_conections');
  // @ts-expect-error The metric has no such label.
  gauge('omninode_active_connections', { database: 'shop' });
  // @ts-expect-error A series of a target has no service.
  gauge('omninode_collector_target_up', { service_name: 'shop' });
  // @ts-expect-error A gauge has no rate.
  rate('omninode_active_connections');
  // @ts-expect-error A counter is no gauge.
  gauge('omninode_requests_total');
  // @ts-expect-error A quantile needs a histogram.
  quantile(0.95, 'omninode_requests_total', {});
  // @ts-expect-error It was summed away.
  sum(sum(rate('omninode_requests_total'), 'component'), 'operation');
  // @ts-expect-error The sides have different labels, so nothing would match.
  ratio(sum(rate('omninode_errors_total'), 'component'), sum(rate('omninode_requests_total'), 'operation'));
  // @ts-expect-error There is no such variable.
  chosen('cluster');
});
