import type { Metric } from '@omninode/contracts';
import { catalogues } from '../catalogues.js';
import { scraperMetrics, withoutJob } from '../promql/scraper-metrics.js';

/** A metric as Prometheus can have it: its kind, and all labels that a series of it can have. */
export interface KnownMetric {
  readonly kind: Metric['kind'];
  readonly labels: ReadonlySet<string>;
  /** Labels of which every series has one: a target, a service, or the aggregator that shows it. Alerts have what they have. */
  readonly owners: ReadonlySet<Owner>;
}

type Owner = 'target' | 'service_name' | 'instance';

/** Every metric that a dashboard may ask for, by name. */
export const knownMetrics: ReadonlyMap<string, KnownMetric> = known();

function known(): Map<string, KnownMetric> {
  const metrics = new Map<string, KnownMetric>();
  const entries = [...catalogues, { metrics: scraperMetrics, commonLabels: [] }];
  for (const { metrics: table, commonLabels } of entries) {
    const owner = ownerAmong(commonLabels);
    for (const [name, { kind, labels }] of Object.entries(table) as [string, Metric][]) {
      const before = metrics.get(name);
      metrics.set(name, {
        kind,
        labels: new Set([...(before?.labels ?? ['job', 'instance']), ...labels, ...commonLabels]),
        owners: new Set(withoutJob.has(name) ? [] : [...(before?.owners ?? []), owner]),
      });
    }
  }
  return metrics;
}

function ownerAmong(labels: readonly string[]): Owner {
  if (labels.includes('target')) return 'target';
  return labels.includes('service_name') ? 'service_name' : 'instance';
}
