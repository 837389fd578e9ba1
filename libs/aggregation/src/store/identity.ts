import type { MetricDefinition } from '@omninode/contracts';

/**
 * One text for each series: name, then labels in the order of their names. Every part carries its length, so that no
 * value of a label can make two series look alike, whatever characters it holds.
 */
export function identityOf(metric: MetricDefinition, labelValues: readonly string[]): string {
  const { labelNames } = metric;
  const order = labelNames.map((_, at) => at).sort((a, b) => (labelNames[a]! < labelNames[b]! ? -1 : 1));
  let identity = metric.name;
  for (const at of order) identity += `|${labelNames[at]}=${labelValues[at]!.length}:${labelValues[at]}`;
  return identity;
}
