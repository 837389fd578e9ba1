import { alertingArtifacts, metricCatalogue, type AlertingArtifact } from '@omninode/alerting';
import { alertRules } from './alert-rules.js';
import { catalogues } from './catalogues.js';

/**
 * Everything that is made from the rules that come with the product and from the catalogues: Prometheus rules and their tests,
 * runbooks, the reference page, and the list of metrics that an aggregator checks rules against. Throws on a mistake in the rules.
 */
export function alertArtifacts(): AlertingArtifact[] {
  const metrics = Object.fromEntries([...metricCatalogue(catalogues)].sort(([a], [b]) => (a < b ? -1 : 1)));
  const list = { path: 'libs/alerting/rules/generated/metrics.json', content: `${JSON.stringify(metrics, null, 1)}\n` };
  return [list, ...alertingArtifacts([...alertRules.values()])];
}
