import { expect, test } from 'vitest';
import { runRuleTests } from './rule-tests/run-tests.js';
import { readShippedRules } from './testing/shipped.js';

const { rules, problems } = readShippedRules();

test('the shipped rules can be read, and name what there is', () => {
  expect(problems).toEqual([]);
  const names = rules.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const unknown = rules.flatMap(({ name, dependsOn }) =>
    dependsOn.filter((other) => !names.includes(other)).map((other) => `${name} depends on ${other}`),
  );
  expect(unknown).toEqual([]);
});

test('the alerts of the strategy document are among them', () => {
  expect(rules.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'HighErrorRate',
      'SlowResponseTime',
      'DatabaseConnectionPoolExhaustion',
      'CircuitBreakerTripped',
      'database_pool_exhaustion',
      'database_slow_queries',
      'low_cache_hit_rate',
    ]),
  );
});

test.for(rules)('$name fires and ends as its tests say', (rule) => {
  expect(runRuleTests(rule)).toEqual([]);
});

test.for(rules)('$name has a test in which it fires and ends after that, a runbook and its address', (rule) => {
  const expected = rule.tests.flatMap(({ expect: all }) => all);
  const fired = new Set(expected.filter(({ state }) => state === 'firing').map(({ severity }) => severity));
  const tested = rule.levels.filter(({ severity }) => fired.has(severity));
  expect(tested.length).toBeGreaterThan(0);
  expect(rule.tests.some(({ expect: all }) => endsAfterFiring(all.map(({ state }) => state)))).toBe(true);
  expect(rule.runbook?.meaning.length).toBeGreaterThan(40);
  expect(rule.annotations.runbook_url?.text).toContain(rule.name);
  expect(rule.annotations.summary?.text).not.toContain(`${rule.name} fires`);
});

function endsAfterFiring(states: readonly string[]): boolean {
  return states.lastIndexOf('inactive') > states.indexOf('firing') && states.includes('firing');
}
