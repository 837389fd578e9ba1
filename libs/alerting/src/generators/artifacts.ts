import type { Rule } from '../rules/rule.js';
import { alertsReference } from './alerts-reference.js';
import { prometheusRules } from './prometheus-rules.js';
import { promtoolTests } from './promtool-tests.js';
import { runbook } from './runbook.js';

export interface AlertingArtifact {
  readonly path: string;
  readonly content: string;
}

/** All files that are made from the shipped rules. */
export function alertingArtifacts(rules: readonly Rule[]): AlertingArtifact[] {
  const source = 'libs/alerting/rules';
  const file = 'omninode.rules.yml';
  return [
    { path: `dashboards/prometheus/${file}`, content: prometheusRules(rules, source) },
    { path: 'dashboards/prometheus/omninode.rules.test.yml', content: promtoolTests(rules, file, source) },
    { path: 'docs/reference/alerts.md', content: alertsReference(rules, '../runbooks') },
    ...rules.map((rule) => ({ path: `docs/runbooks/${rule.name}.md`, content: runbook(rule) })),
  ];
}
