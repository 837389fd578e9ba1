import { describe, expect, test } from 'vitest';
import type { BreakerReply } from './page.js';
import { readPage } from './read-page.js';

const reply = (text: string, format: BreakerReply['format'] = 'prometheus'): BreakerReply => ({
  text,
  format,
  rules: [],
  criticality: 'unspecified',
  criticalities: {},
});
const problem = (text: string) => readPage(reply(text), undefined).problem;
const breaker = 'resilience4j_circuitbreaker_state{name="a",state="closed"} 1\n';

describe('a page of Prometheus', () => {
  test.each([
    ['that is well', breaker, undefined],
    ['that is empty', '', 'no figures'],
    ['that is no page of Prometheus', '{"status":"UP"}', 'no figures'],
    ['that tells of other things only', 'up 1\n', 'no breaker that we know'],
    [
      'that ends in the middle of a line',
      `${breaker}resilience4j_circuitbreaker_state{name="b",sta`,
      'ends in the middle of a line',
    ],
    [
      'with a line that is broken',
      `${breaker}resilience4j_circuitbreaker_state{name="b 1\n`,
      '1 lines are not of the format of Prometheus, the first is line 2',
    ],
    [
      'with numbers that nothing explains',
      `${breaker}x_circuit_breaker_state{name="b"} 2\n`,
      'The state of b and 0 more is a number that nothing explains',
    ],
    ['with two breakers of one name', breaker + breaker, 'Breaker a and 0 more are told of several times'],
  ])('%s', (_, text, reason) => {
    if (reason) expect(problem(text)?.reason).toContain(reason);
    else expect(problem(text)).toBeUndefined();
  });

  test('what stands before the broken part is read', () => {
    expect(
      readPage(reply(`${breaker}resilience4j_circuitbreaker_state{name="b",sta`), undefined).observations,
    ).toMatchObject([{ component: 'a', state: 'closed' }]);
  });
});

describe("a page of resilience4j's actuator", () => {
  const page = (text: string, events?: string) => readPage(reply(text, 'resilience4j-actuator'), events);

  test.each(['', 'null', '[]', '{}', '{"circuitBreakers":[]}', '<html>', '{"circuitBreakers":{"a":{"state":"CLO'])(
    '%j is none',
    (text) => {
      expect(page(text, '{}')).toMatchObject({ observations: [], problem: { status: 'unsupported' } });
    },
  );

  test('without its events it is degraded, and the state stands', () => {
    const text = '{"circuitBreakers":{"a":{"state":"CLOSED"}}}';
    expect(page(text, 'oops')).toMatchObject({ observations: [{ state: 'closed' }], problem: { status: 'degraded' } });
  });

  test.each(['MELTED', 'constructor', 'closed', '', null, undefined])('state %j is unknown', (state) => {
    expect(page(JSON.stringify({ circuitBreakers: { a: { state } } }), undefined).observations).toMatchObject([
      { state: 'unknown' },
    ]);
  });

  test('shares that are none are absent, and a comma of another locale is one', () => {
    const text = JSON.stringify({
      circuitBreakers: {
        a: {
          state: 'OPEN',
          failureRate: '-1.0%',
          slowCallRate: '12,5%',
          failureRateThreshold: 'NaN%',
          slowCallRateThreshold: 80,
        },
      },
    });
    expect(page(text).observations[0]?.figures).toEqual({
      slow_call_ratio: 0.125,
      config_slow_call_threshold_ratio: 0.8,
    });
  });

  test('events that are none are passed over', () => {
    const event = (
      stateTransition: unknown,
      creationTime = '2026-01-31T10:00:00.123456789+01:00[Europe/Amsterdam]',
    ) => ({ circuitBreakerName: 'a', type: 'STATE_TRANSITION', creationTime, stateTransition });
    const events = JSON.stringify({
      circuitBreakerEvents: [null, 7, {}, event(null), event('CLOSED_TO_OPEN', 'noon'), event('CLOSED_TO_OPEN')],
    });
    const [told] = page('{"circuitBreakers":{"a":{"state":"OPEN"}}}', events).observations;
    expect(told?.changes).toMatchObject([
      { from: 'closed', to: 'open', cause: 'threshold', happenedMs: Date.parse('2026-01-31T09:00:00.123Z') },
    ]);
  });
});
