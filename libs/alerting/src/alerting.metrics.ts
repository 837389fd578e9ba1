import type { OwnSample } from '@omninode/aggregation';
import { counter, defineMetrics, gauge, type Metric } from '@omninode/contracts';
import type { EngineCounts } from './engine/alert-engine.js';

/** What an aggregator says of its alerting. */
export const alertingMetrics = defineMetrics({
  omninode_mesh_alert_rules: gauge('entries', 'Rules in force.'),
  omninode_mesh_alert_rule_problems: gauge(
    'errors',
    'Mistakes in rule files, as of the latest reading. Above 0 the rules before them are in force: see /api/v1/rules.',
  ),
  omninode_mesh_alert_instances: gauge(
    'entries',
    'Alerts of the partitions of this process, by condition: inactive, pending, firing, keepFiring, noData, flapping.',
    ['condition'],
  ),
  omninode_mesh_alert_instances_refused: gauge('entries', 'Alerts that are not watched, for want of room.'),
  omninode_mesh_alert_transitions_total: counter('events', 'Transitions that were decided, by what the alert became.', [
    'state',
  ]),
  omninode_mesh_alert_transitions_unpublished: gauge('events', 'Transitions that are not on the alert topic yet.'),
  omninode_mesh_alert_transitions_superseded_total: counter(
    'events',
    'Transitions that were given up while the alert topic could not be written, because newer ones of the same alert waited.',
  ),
  omninode_mesh_alert_failures_total: counter('errors', 'Evaluations that failed: a defect of ours. The others go on.'),
});

export interface AlertingCounts {
  readonly rules: number;
  readonly problems: number;
  readonly engines: readonly EngineCounts[];
}

/** The samples of `alertingMetrics`. */
export function alertingSamples({ rules, problems, engines }: AlertingCounts): OwnSample[] {
  const samples: OwnSample[] = [];
  const add = (name: keyof typeof alertingMetrics, value: number, labels: Record<string, string> = {}) =>
    samples.push({ name, metric: alertingMetrics[name] as Metric, labels, value });
  const sum = (of: (counts: EngineCounts) => number) => engines.reduce((total, counts) => total + of(counts), 0);

  add('omninode_mesh_alert_rules', rules);
  add('omninode_mesh_alert_rule_problems', problems);
  for (const condition of ['inactive', 'pending', 'firing', 'keepFiring', 'noData', 'flapping'] as const) {
    const count = sum(({ byCondition }) => byCondition[condition]);
    add('omninode_mesh_alert_instances', count, { condition });
  }
  const refused = sum((counts) => counts.refused);
  add('omninode_mesh_alert_instances_refused', refused);
  for (const state of ['pending', 'firing', 'resolved'] as const) {
    const count = sum(({ transitions }) => transitions[state]);
    add('omninode_mesh_alert_transitions_total', count, { state });
  }
  const unpublished = sum((counts) => counts.unpublished);
  add('omninode_mesh_alert_transitions_unpublished', unpublished);
  const superseded = sum((counts) => counts.superseded);
  add('omninode_mesh_alert_transitions_superseded_total', superseded);
  const failures = sum((counts) => counts.failures);
  add('omninode_mesh_alert_failures_total', failures);
  return samples;
}
