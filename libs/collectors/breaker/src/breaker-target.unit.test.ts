import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { breakerConfig } from './breaker.config.js';
import { breakerTargetOptions, breakerTargets, toBreakerTarget } from './breaker-target.js';

function load(yaml: string) {
  const file = join(mkdtempSync(join(tmpdir(), 'omninode-breaker-')), 'mesh.yaml');
  writeFileSync(file, yaml);
  const { values } = loadConfiguration({
    env: { OMNINODE_CONFIG: file },
    sections: { collectors: z.object({ breaker: breakerConfig }) },
    targetOptions: { breaker: breakerTargetOptions },
  });
  return { targets: breakerTargets(values.targets), config: values.collectors.breaker };
}

const yaml = `
collectors:
  breaker: { interval: 5s, maxAnswer: 1MiB, platform: { enabled: false } }
targets:
  - { id: shop, kind: breaker, url: "http://shop:8080/actuator/circuitbreakers", token: hunter2 }
  - { id: sessions, kind: cache, url: "redis://a" }
  - id: own
    kind: breaker
    url: http://own/metrics
    criticality: low
    criticalities: { payments: critical }
    rules:
      - metric: my_state
        component: "{svc}"
        state: { names: { "0": closed, "2": open } }
      - metric: my_calls_total
        where: { side: client }
        calls: { label: how, names: { ok: success }, includes: [timeout] }
`;

test('targets of a configuration file, with their rules', () => {
  const { targets, config } = load(yaml);
  expect(targets).toHaveLength(2);
  expect(targets[0]).toMatchObject({
    id: 'shop',
    format: 'resilience4j-actuator',
    criticality: 'unspecified',
    rules: [],
  });
  expect(targets[0]?.token?.reveal()).toBe('hunter2');
  expect(targets[1]).toMatchObject({
    format: 'prometheus',
    criticality: 'low',
    criticalities: { payments: 'critical' },
    rules: [
      { metric: 'my_state', component: '{svc}', state: { names: { '0': 'closed', '2': 'open' } } },
      {
        metric: 'my_calls_total',
        component: '{name}',
        where: { side: 'client' },
        calls: { label: 'how', includes: ['timeout'] },
      },
    ],
  });
  expect(JSON.stringify(targets)).not.toContain('hunter2');
  expect(config).toMatchObject({
    interval: 5_000,
    answerTimeout: 5_000,
    maxAnswer: 1_048_576,
    platform: { enabled: false, believeFor: 86_400_000 },
  });
});

test.each([
  ['state: { names: { "0": shut } }', 'closed'],
  ['figure: { name: speed }', 'failure_ratio'],
  ['stat: {}', 'stat'],
])('a rule that is wrong is told: %s', (rule, told) => {
  const wrong = yaml.replace('state: { names: { "0": closed, "2": open } }', rule);
  expect(() => load(wrong)).toThrow(
    expect.objectContaining({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining(told) }) as Error,
  );
});

test('a target without options has the defaults, and its format is known by its path', () => {
  const target = (url: string) => toBreakerTarget({ id: 'a', url: new Secret(url), labels: {} });
  expect(target('http://a/metrics')).toMatchObject({
    format: 'prometheus',
    rules: [],
    criticality: 'unspecified',
    criticalities: {},
  });
  expect(target('http://a/actuator/circuitbreakers?x=1').format).toBe('resilience4j-actuator');
});
