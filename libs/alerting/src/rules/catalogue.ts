import type { Metric, MetricKind, Metrics } from '@omninode/contracts';

/** What a rule may know of a metric before it is evaluated. */
export interface KnownMetric {
  readonly kind: MetricKind;
  readonly unit: string;
  /** Its own labels and those that whoever publishes adds. */
  readonly labels: readonly string[];
  /** Labels that name the entity of a series; each series has one of them. None for what the mesh says of itself. */
  readonly entityLabels: readonly string[];
}

/** The metrics that rules may name. */
export type MetricCatalogue = ReadonlyMap<string, KnownMetric>;

interface Part {
  readonly metrics: Metrics;
  /** Labels that every one of its series has besides its own. */
  readonly commonLabels: readonly string[];
}

/** The catalogue of everything that these parts of the product publish; several may publish one name. */
export function metricCatalogue(parts: readonly Part[]): MetricCatalogue {
  const known = new Map<string, KnownMetric>();
  for (const { metrics, commonLabels } of parts) {
    for (const [name, metric] of Object.entries(metrics) as [string, Metric][]) {
      const { kind, unit, labels } = metric;
      const other = known.get(name);
      const entityLabels = commonLabels.filter((label) => entityLabelNames.has(label));
      known.set(name, {
        kind,
        unit,
        labels: union(other?.labels, [...commonLabels, ...labels]),
        entityLabels: union(other?.entityLabels, entityLabels),
      });
    }
  }
  return known;
}

const entityLabelNames: ReadonlySet<string> = new Set(['target', 'service_name']);

function union(some: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...some, ...more])];
}
