import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { expect, test } from 'vitest';
import { alertRules, levelsOf } from '../alert-rules.js';
import { dashboardArtifacts } from '../dashboards.js';
import { lines } from '../panels/panel.js';
import { panelsOf } from './parts.js';

const panels = dashboardArtifacts().flatMap(({ content }) => panelsOf(JSON.parse(content) as Dashboard));

test('the runbook of every shipped alert is one click away from a panel', () => {
  const urls = panels.flatMap(({ links = [] }) => links.map(({ url = '' }) => url));
  const linked = new Set(urls.map((url) => url.replace('${runbooks}/', '')));
  expect([...alertRules.keys()].filter((alert) => !linked.has(alert))).toEqual([]);
  expect([...linked].filter((alert) => !alertRules.has(alert))).toEqual([]);
});

test('an alert that is not shipped can not be named', () => {
  const panel = { title: 'T', description: 'D.', unit: 'short', queries: [], alerts: ['HighErorRate'] } as const;
  expect(() => lines(panel)).toThrow(/HighErorRate.*HighErrorRate/);
  expect(() => levelsOf('HighErorRate')).toThrow(/HighErorRate/);
});

test('lines are drawn where alerts fire', () => {
  expect(levelsOf('DatabaseConnectionPoolExhaustion')).toEqual({ critical: 0.9, worse: 'above' });
  expect(levelsOf('low_cache_hit_rate')).toEqual({ warning: 0.7, worse: 'below' });
  expect(levelsOf('LedgerNotClosed')).toEqual({ warning: 1, worse: 'above' });
  const steps = panels.find(({ title }) => title === 'Hit rate')?.fieldConfig?.defaults.thresholds?.steps;
  expect(steps).toEqual([
    { value: null, color: 'orange' },
    { value: 0.7, color: 'green' },
  ]);
});
