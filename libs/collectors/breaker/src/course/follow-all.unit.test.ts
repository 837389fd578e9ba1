import { expect, test } from 'vitest';
import { pages, replay } from '../testing/replay.js';
import { mostBreakers } from './follow-all.js';

const page = (names: readonly string[], state = 'closed') =>
  names
    .map(
      (name) =>
        `resilience4j_circuitbreaker_state{name="${name}",state="${state}"} 1\nresilience4j_circuitbreaker_calls_seconds_count{name="${name}",kind="successful"} 5\n`,
    )
    .join('');
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const components = (values: Readonly<Record<string, number>>, metric: string) =>
  Object.keys(values).filter((series) => series.startsWith(`omninode_circuit_breaker_${metric}{`)).length;

test('ten thousand random names, new ones in each pass: bounded, counted and told', () => {
  const passes = replay(pages(...['a', 'b', 'c'].map((prefix) => page(names(prefix, 10_000)))));
  for (const { values, cut, report, failures } of passes) {
    expect(components(values, 'info')).toBe(mostBreakers);
    expect(cut).toBe(10_000 - mostBreakers);
    expect(report).toMatchObject({
      status: 'degraded',
      reason: expect.stringContaining('10000 breakers, and 500 are followed'),
    });
    expect(failures).toEqual([]);
  }
});

test('who is followed stays so, however many others come', () => {
  const passes = replay(
    pages(
      page(['payments']),
      page([...names('x', 10_000), 'payments']),
      page([...names('y', 10_000), 'payments'], 'open'),
    ),
  );
  const trips = passes.map(({ values }) => values['omninode_circuit_breaker_trips_total{component="payments"}']);
  expect(trips).toEqual([0, 0, 1]);
});

test('a breaker that is not told of any more is unknown, and its trips go on when it is back', () => {
  const passes = replay(pages(page(['a', 'b']), page(['a', 'b'], 'open'), page(['a']), page(['a', 'b'], 'open')));
  const status = (state: string) =>
    passes.map(
      ({ values }) =>
        values[`omninode_circuit_breaker_status{component="b",criticality="unspecified",state="${state}"}`],
    );
  expect(status('unknown')).toEqual([0, 0, 1, 0]);
  expect(status('open')).toEqual([0, 1, 0, 1]);
  expect(passes.map(({ values }) => values['omninode_circuit_breaker_trips_total{component="b"}'])).toEqual([
    0, 1, 1, 1,
  ]);
});

test('names may be anything', () => {
  const odd = ['__proto__', 'constructor', 'toString', 'a>b', '😀', ' ', '\\"'];
  const passes = replay(pages(page(odd), page(odd, 'open')), {
    criticality: 'high',
    criticalities: { 'a>b': 'critical' },
  });
  expect(passes.flatMap(({ failures }) => failures)).toEqual([]);
  const trips = Object.entries(passes[1]!.values).filter(([series]) => series.includes('trips_total'));
  expect(trips.map(([, value]) => value)).toEqual(odd.map(() => 1));
  expect(
    Object.keys(passes[1]!.values).filter(
      (series) => series.includes('info{') && series.includes('criticality="critical"'),
    ),
  ).toHaveLength(1);
});
