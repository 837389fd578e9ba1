import { describe, expect, test } from 'vitest';
import { readEvent } from './read-event.js';

const event = {
  service_name: 'kafka',
  state: 'open',
  previous_state: 'closed',
  failure_count: 5,
  threshold: 5,
  timestamp: '2026-01-31T10:00:00.123456+00:00',
  correlation_id: '7d4b',
};
const read = (json: unknown) => readEvent(Buffer.from(JSON.stringify(json)), 42);
const expected = {
  component: 'kafka',
  from: 'closed',
  to: 'open',
  happenedMs: Date.parse('2026-01-31T10:00:00.123Z'),
  failures: 5,
  threshold: 5,
};

test('an event by itself, and in its envelope', () => {
  expect(read(event)).toEqual(expected);
  expect(read({ event_type: 'circuit-breaker', event_timestamp: 'x', payload: event })).toEqual(expected);
});

test.each([
  ['2026-01-31T10:00:00.123456', Date.parse('2026-01-31T10:00:00.123Z')],
  ['2026-01-31T11:00:00+01:00', Date.parse('2026-01-31T10:00:00Z')],
  [1_769_853_600, 1_769_853_600_000],
  [1_769_853_600_123, 1_769_853_600_123],
  ['noon', 42],
  [undefined, 42],
])('time %j', (timestamp, ms) => expect(read({ ...event, timestamp })?.happenedMs).toBe(ms));

describe('states', () => {
  test.each([
    ['OPEN', 'open'],
    ['half-open', 'half_open'],
    ['CircuitState.HALF_OPEN', 'half_open'],
    ['melted', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', (state, to) => expect(read({ ...event, state })?.to).toBe(to));

  test('one before that is not told is unknown', () => {
    expect(read({ ...event, previous_state: null })?.from).toBe('unknown');
  });
});

test('figures that are none are absent', () => {
  expect(read({ ...event, failure_count: 'many', threshold: -1 })).toMatchObject({
    failures: undefined,
    threshold: undefined,
  });
});

test.each([
  null,
  7,
  [],
  {},
  { service_name: '' },
  { service_name: 'a' },
  { payload: null },
  { service_name: 5, state: 'open' },
])('%j is no event', (json) => {
  expect(read(json)).toBeUndefined();
});

test('nor is what is no JSON, or a tombstone', () => {
  expect(readEvent(Buffer.from('{"service_name":"a","sta'), 0)).toBeUndefined();
  expect(readEvent(null, 0)).toBeUndefined();
});
