import { defaultHealthRules } from '@omninode/aggregation';
import { loadConfiguration } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { healthConfig, healthRules } from './health.config.js';

test('without any setting the rules are the default ones', () => {
  const { values } = loadConfiguration({ sections: { health: healthConfig }, env: {} });
  expect(healthRules(values.health)).toEqual(defaultHealthRules);
});

test('settings become rules', () => {
  const config = healthConfig.parse({
    targets: [{ kind: 'cache', criticality: 'low' }],
    groups: [{ name: 'replicas', labels: { role: 'replica' }, minimumShare: 0.5, weights: { big: 2 } }],
    breakers: { low: 'degraded' },
    connectivity: { within: '30s' },
  });
  expect(healthRules(config)).toEqual({
    targets: [{ match: { kind: 'cache', labels: {} }, criticality: 'low' }],
    groups: [{ name: 'replicas', match: { labels: { role: 'replica' } }, minimumShare: 0.5, weights: { big: 2 } }],
    breakers: { ...defaultHealthRules.breakers, low: 'degraded' },
    connectivity: { ...defaultHealthRules.connectivity, withinMs: 30_000 },
  });
});

test.each([
  { groups: [{ name: 'x', minimumShare: 0 }] },
  { groups: [{ name: 'x', minimumShare: 1.1 }] },
  { groups: [{ name: '<x>', minimumShare: 1 }] },
  { targets: [{ id: 'a', criticality: 'lowest' }] },
  { connectivity: { minimumTargets: 1 } },
])('%j is refused', (config) => expect(healthConfig.safeParse(config).success).toBe(false));
