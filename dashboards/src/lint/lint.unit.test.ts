import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dashboard, Panel, VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { expect, test } from 'vitest';
import { dashboardArtifacts } from '../dashboards.js';
import { dashboardRules } from './dashboard-rules.js';
import { panelRules } from './panel-rules.js';
import { panelsOf, targetsOf, variablesOf, type Target } from './parts.js';
import { targetRules } from './target-rules.js';

const dashboards = dashboardArtifacts().map(({ content }) => JSON.parse(content) as Dashboard);
const rules = [...dashboardRules, ...panelRules, ...targetRules];
type Spoil = (dashboard: Dashboard) => void;

test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
  '%s keeps all rules',
  (_title, dashboard) => {
    expect(rules.flatMap(({ name, problems }) => problems(dashboard).map((problem) => `${name}: ${problem}`))).toEqual(
      [],
    );
  },
);

test('no two dashboards have one uid or one title', () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  expect(new Set(dashboards.map(({ title }) => title)).size).toBe(dashboards.length);
});

/** For each rule what it has to see. */
const violations: readonly (readonly [rule: string, spoil: Spoil])[] = [
  ['template-datasource', (it) => void (variable(it, 'datasource').query = 'loki')],
  ['template-job', (it) => void (variable(it, 'job').includeAll = false)],
  ['template-owner', (it) => void (variable(it, 'target').name = 'cluster')],
  ['template-label-promql', (it) => void (variable(it, 'target').query = 'label_values(up, target)')],
  ['template-label-promql', (it) => void (variable(it, 'target').query = 'label_values(target)')],
  ['template-on-time-change-reload', (it) => void (variable(it, 'target').refresh = 1)],
  ['template-uneditable', (it) => void (it.editable = true)],
  ['uid', (it) => void delete it.uid],
  ['tags-and-links', (it) => void (it.links = [])],
  ['layout', (it) => void (panel(it).gridPos!.x = 22)],
  ['layout', (it) => void (panelsOf(it)[1]!.id = panel(it).id!)],
  ['panel-datasource', (it) => void (panel(it).datasource = { uid: 'prometheus' })],
  ['panel-datasource', (it) => spoilTarget(it, { datasource: { uid: 'prometheus' } })],
  ['panel-title-description', (it) => void (panel(it).title = '')],
  ['panel-title-description', (it) => void delete panel(it).description],
  ['panel-units', (it) => void delete panel(it).fieldConfig!.defaults.unit],
  ['panel-no-targets', (it) => void (panel(it).targets = [])],
  ['panel-kind', (it) => void (panel(it).type = 'graph')],
  ['panel-no-value', (it) => void delete panel(it).fieldConfig!.defaults.noValue],
  ['panel-now', (it) => void (panel(it).type = 'stat')],
  ['panel-now', (it) => void (panelsOf(it)[0]!.type = 'timeseries')],
  ['panel-runbook', (it) => void (panelsOf(it)[1]!.links![0]!.url = 'https://example.com')],
  ['target-known-metrics', spoilExpression('omninode_active_conections{job=~"$job",target=~"$target"}')],
  [
    'target-known-metrics',
    spoilExpression(
      'histogram_quantile(0.95, omninode_request_duration_seconds{job=~"$job",service_name=~"$service"})',
    ),
  ],
  [
    'target-known-metrics',
    spoilExpression('rate(omninode_active_connections{job=~"$job",target=~"$target"}[$__rate_interval])'),
  ],
  [
    'target-known-metrics',
    spoilExpression('omninode_active_connections{job=~"$job",target=~"$target",database="shop"}'),
  ],
  [
    'target-known-metrics',
    spoilExpression('sum by (cluster) (omninode_active_connections{job=~"$job",target=~"$target"})'),
  ],
  ['target-known-metrics', spoilExpression('vector(0)')],
  ['target-known-metrics', (it) => spoilTarget(it, { legendFormat: '{{cluster}}' })],
  ['target-rate-interval', spoilExpression('rate(omninode_requests_total{job=~"$job",service_name=~"$service"}[5m])')],
  [
    'target-rate-interval',
    spoilExpression('increase(omninode_requests_total{job=~"$job",service_name=~"$service"}[1m])'),
  ],
  ['target-job', spoilExpression('omninode_collector_target_up{target=~"$target"}')],
  ['target-owner', spoilExpression('omninode_collector_target_up{job=~"$job",target="orders-db"}')],
];

test.each(violations)('%s sees what is wrong', (rule, spoil) => {
  const spoiled = structuredClone(dashboards.find(({ uid }) => uid === 'omninode-overview')!);
  spoil(spoiled);
  expect(rules.find(({ name }) => name === rule)!.problems(spoiled)).not.toEqual([]);
});

test('every rule has a violation that it sees', () => {
  const seen = new Set(violations.map(([rule]) => rule));
  expect(rules.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});

test('aggregators are chosen where they can be', () => {
  const spoiled = structuredClone(dashboards.find(({ uid }) => uid === 'omninode-mesh')!);
  spoilExpression('sum(omninode_mesh_records_lag{job=~"$job"})')(spoiled);
  expect(targetRules.find(({ name }) => name === 'target-owner')!.problems(spoiled)).toHaveLength(1);
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
if (!hasPromtool)
  console.warn('SKIPPED: no promtool here to read expressions with. Get it: apt-get install prometheus.');

test.skipIf(!hasPromtool)('target-promql: Prometheus can read every expression', () => {
  expect(
    promtool(dashboards.flatMap((each) => panelsOf(each).flatMap((of) => targetsOf(of).map(({ expr }) => expr)))),
  ).toBe(0);
  expect(promtool(['sum by (target (up{})'])).not.toBe(0);
});

/** What `promtool check rules` ends with for a file that records all of these. */
function promtool(expressions: readonly string[]): number | null {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-promql-'));
  const rulesOf = expressions.map((expr, nth) => ({
    record: `omninode:expression:${nth}`,
    expr: expr.replace(/\$__(rate_interval|range)/g, '5m'),
  }));
  const file = join(folder, 'rules.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules: rulesOf }] }));
  const { status } = spawnSync('promtool', ['check', 'rules', '--lint=none', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return status;
}

function variable(dashboard: Dashboard, name: string): VariableModel {
  return variablesOf(dashboard).find((each) => each.name === name)!;
}

/** A chart: its values are over time. */
function panel(dashboard: Dashboard): Panel {
  return panelsOf(dashboard).find(({ type }) => type === 'timeseries')!;
}

function spoilTarget(dashboard: Dashboard, part: Partial<Target>): void {
  Object.assign(targetsOf(panel(dashboard))[0]!, part);
}

function spoilExpression(expr: string): Spoil {
  return (dashboard) => spoilTarget(dashboard, { expr });
}
