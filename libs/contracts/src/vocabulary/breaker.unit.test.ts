import { describe, expect, test } from 'vitest';
import { metricProblems } from '../catalogue.js';
import { breakerHealth, breakerMetrics } from './breaker.js';

test.each(Object.entries(breakerMetrics))('%s is named and described well', (name, metric) => {
  expect(metricProblems(name, metric)).toEqual([]);
  expect(name).toMatch(/^omninode_circuit_breaker_/);
});

describe('breakerHealth', () => {
  const calm = { attempts: 100, lost: 0, watchedSeconds: 300, openSeconds: 0 };

  test.each([
    ['nothing lost, never open', calm, 1],
    ['a tenth of the calls lost', { ...calm, lost: 10 }, 0.9],
    ['a third of the time open, more than was lost', { ...calm, lost: 10, openSeconds: 100 }, 2 / 3],
    ['open all the time', { ...calm, lost: 100, openSeconds: 300 }, 0],
    ['a state that nobody knows is no reproach', { ...calm, lost: 50, watchedSeconds: 0 }, 0.5],
  ])('%s', (_, window, health) => expect(breakerHealth(window)).toBeCloseTo(health));

  test('is unknown below the minimum sample, however bad it looks', () => {
    expect(breakerHealth({ ...calm, attempts: 19, lost: 19, openSeconds: 300 })).toBeUndefined();
    expect(breakerHealth({ ...calm, attempts: 20, lost: 20 })).toBe(0);
  });
});
