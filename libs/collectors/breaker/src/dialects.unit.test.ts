import { describe, expect, test } from 'vitest';
import { dialectsWith } from './dialects.js';
import { observeExposition } from './exposition/observe-samples.js';
import type { Rule } from './exposition/rule.js';

const observe = (text: string, rules: readonly Rule[] = []) => observeExposition(text, dialectsWith(rules));
const one = (text: string, rules?: readonly Rule[]) => observe(text, rules).observations[0];

describe('resilience4j', () => {
  test.each(['closed', 'open', 'half_open', 'forced_open', 'disabled', 'metrics_only'])(
    '%s is a state of its own',
    (state) => {
      const text = `resilience4j_circuitbreaker_state{name="a",state="${state}"} 1.0\nresilience4j_circuitbreaker_state{name="a",state="other"} 0.0\n`;
      expect(one(text)).toMatchObject({ library: 'resilience4j', component: 'a', state });
    },
  );

  test.each([
    ['no state is 1', `resilience4j_circuitbreaker_state{name="a",state="closed"} 0\n`],
    [
      'two are',
      `resilience4j_circuitbreaker_state{name="a",state="closed"} 1\nresilience4j_circuitbreaker_state{name="a",state="open"} 1\n`,
    ],
    ['the one that is 1 is none that we know', `resilience4j_circuitbreaker_state{name="a",state="melted"} 1\n`],
    [
      'its name is that of something every object has',
      `resilience4j_circuitbreaker_state{name="a",state="constructor"} 1\n`,
    ],
  ])('unknown, never closed: %s', (_, text) => expect(one(text)?.state).toBe('unknown'));

  test('rates are absent while there are too few calls', () => {
    const page = (rate: number) => `resilience4j_circuitbreaker_failure_rate{name="a"} ${rate}\n`;
    expect(one(page(-1))).toBeUndefined();
    expect(one(page(12.5))?.figures).toEqual({ failure_ratio: 0.125 });
  });
});

describe('MicroProfile', () => {
  // Names as runtimes of different ages have them: https://github.com/eclipse/microprofile-fault-tolerance/blob/main/spec/src/main/asciidoc/metrics.asciidoc
  test.each([
    ['ft_circuitbreaker_state_total', 3e9],
    ['ft_circuitbreaker_state_total_nanoseconds', 3e9],
    ['ft_circuitbreaker_state_total_seconds', 3],
    ['ft_circuitbreaker_state_seconds_total', 3],
    ['application_ft_circuitbreaker_state_total_seconds', 3],
  ])('%s %d is three seconds', (name, value) => {
    expect(one(`${name}{method="Shop.pay",state="halfOpen"} ${value}\n`)).toMatchObject({
      component: 'Shop.pay',
      stateSeconds: { half_open: 3 },
      state: 'unknown',
    });
  });

  test.each(['ft_circuitbreaker_calls_total', 'ft_circuitbreaker_calls_total_total'])('%s', (name) => {
    const text = ['success', 'failure', 'circuitBreakerOpen'].map(
      (result, at) => `${name}{method="m",circuitBreakerResult="${result}"} ${at}\n`,
    );
    expect(one(text.join(''))?.calls).toEqual({ success: 0, failure: 1, rejected: 2 });
  });
});

describe('Envoy', () => {
  // As documented: https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
  const text = `
envoy_cluster_circuit_breakers_default_rq_pending_open{envoy_cluster_name="shop"} 1
envoy_cluster_circuit_breakers_high_rq_pending_open{envoy_cluster_name="shop"} 0
envoy_cluster_circuit_breakers_default_remaining_rq{envoy_cluster_name="shop"} 100
envoy_cluster_upstream_rq_pending_overflow{envoy_cluster_name="shop"} 7
envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="shop"} 1
envoy_cluster_membership_total{envoy_cluster_name="shop"} 4
envoy_cluster_membership_total{envoy_cluster_name="plain"} 4
`;

  test('a breaker for each priority and resource, and the share of hosts taken out', () => {
    const { observations } = observe(text);
    const told = observations.map(({ component, kind, state, calls, figures }) => ({
      component,
      kind,
      state,
      calls,
      figures,
    }));
    expect(told).toEqual([
      { component: 'shop/default/rq_pending', kind: 'concurrency', state: 'open', calls: { rejected: 7 }, figures: {} },
      { component: 'shop/high/rq_pending', kind: 'concurrency', state: 'closed', calls: {}, figures: {} },
      { component: 'shop/outlier', kind: 'outlier', state: 'unknown', calls: {}, figures: { ejected_ratio: 0.25 } },
    ]);
  });
});

describe('opossum-prometheus', () => {
  const page = (events: Record<string, number>) =>
    Object.entries(events)
      .map(([event, count]) => `circuit{name="a",event="${event}"} ${count}\n`)
      .join('');

  test('a timeout and a call beyond the capacity are no failures too', () => {
    expect(one(page({ success: 5, failure: 9, timeout: 4, semaphoreLocked: 2, reject: 1 }))?.calls).toEqual({
      success: 5,
      failure: 3,
      timeout: 4,
      bulkhead: 2,
      rejected: 1,
    });
  });

  test('without an event of it there was no opening', () => {
    expect(one(page({ fire: 1 }))?.openings).toEqual({ total: 0, from: 'unknown' });
    expect(one(page({ fire: 1, open: 3, close: 3 }))).toMatchObject({ state: 'unknown', openings: { total: 3 } });
  });
});

test('Polly: openings, and no state', () => {
  // As documented: https://www.pollydocs.org/advanced/telemetry.html#metrics
  const text =
    'resilience_polly_strategy_events_total{event_name="OnCircuitOpened",pipeline_name="shop",strategy_name="breaker"} 2\n';
  expect(one(text)).toMatchObject({
    library: 'polly',
    component: 'shop/breaker',
    state: 'unknown',
    openings: { total: 2, from: 'unknown' },
  });
});

describe('rules of one’s own', () => {
  const rules: Rule[] = [
    {
      metric: 'my_breaker_state',
      component: '{svc}',
      state: { names: { '0': 'closed', '1': 'half_open', '2': 'open' } },
    },
    {
      metric: 'my_breaker_calls_total',
      component: '{svc}',
      calls: { label: 'how', names: { ok: 'success', bad: 'failure' } },
    },
    { metric: 'my_breaker_opened_total', component: '{svc}', openings: { from: 'closed' } },
    { metric: 'my_breaker_timeout_ms', component: '{svc}', figure: { name: 'config_timeout_seconds', scale: 0.001 } },
    {
      metric: 'my_breaker_time_ms',
      component: '{svc}',
      stateSeconds: { label: 'in', names: { o: 'open' }, perSecond: 1000 },
    },
  ];
  const text =
    'my_breaker_state{svc="a"} 2\nmy_breaker_calls_total{svc="a",how="ok"} 3\nmy_breaker_calls_total{svc="a",how="odd"} 3\nmy_breaker_opened_total{svc="a"} 4\nmy_breaker_timeout_ms{svc="a"} 1500\nmy_breaker_time_ms{svc="a",in="o"} 2500\n';

  test('say what each metric means', () => {
    expect(one(text, rules)).toEqual({
      component: 'a',
      kind: 'error',
      library: 'declared',
      state: 'open',
      stateSeconds: { open: 2.5 },
      calls: { success: 3 },
      openings: { total: 4, from: 'closed' },
      figures: { config_timeout_seconds: 1.5 },
    });
  });

  test('a number that they do not name is unknown', () => {
    expect(one('my_breaker_state{svc="a"} 3\n', rules)?.state).toBe('unknown');
  });

  test('add to what a library tells of the same breaker', () => {
    const own: Rule[] = [
      { metric: 'limit_ms', component: '{name}', figure: { name: 'config_timeout_seconds', scale: 0.001 } },
    ];
    const both = 'limit_ms{name="a"} 500\nresilience4j_circuitbreaker_state{name="a",state="closed"} 1\n';
    expect(observe(both, own).observations).toHaveLength(1);
    expect(one(both, own)).toMatchObject({
      library: 'resilience4j',
      state: 'closed',
      figures: { config_timeout_seconds: 0.5 },
    });
  });

  test('come before ours', () => {
    const own: Rule[] = [
      {
        metric: 'resilience4j_circuitbreaker_state',
        component: '{name}',
        state: { label: 'state', names: { closed: 'disabled' } },
      },
    ];
    expect(one('resilience4j_circuitbreaker_state{name="a",state="closed"} 1\n', own)).toMatchObject({
      library: 'declared',
      state: 'disabled',
    });
  });
});

test('a state that nothing explains is a breaker whose state is unknown', () => {
  expect(one('shop_circuit_breaker_state{name="a"} 0\n')).toMatchObject({
    library: 'unmapped',
    component: 'a',
    state: 'unknown',
  });
});

test('two breakers under one name are told as such, and are not closed when they differ', () => {
  const { observations, ambiguous } = observe(
    'resilience4j_circuitbreaker_state{name="a",state="closed",instance="1"} 1\nresilience4j_circuitbreaker_state{name="a",state="open",instance="2"} 1\nresilience4j_circuitbreaker_state{name="a",state="closed",instance="2"} 0\n',
  );
  expect(ambiguous).toEqual(['a']);
  expect(observations[0]?.state).toBe('unknown');
});

test('a sample without the label that names the breaker tells of none', () => {
  expect(observe('resilience4j_circuitbreaker_state{state="open"} 1\n').observations).toEqual([]);
});
