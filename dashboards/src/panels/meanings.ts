import { scraperMetrics } from '../promql/scraper-metrics.js';
import { catalogues } from '../catalogues.js';
import { metricsIn } from '../promql/metrics-in.js';

/** What the metrics of some queries mean, a line each, as the catalogues say it. */
export function meanings(queries: readonly string[]): string {
  const names = [...new Set(queries.flatMap(metricsIn))];
  return names.map((name) => `\`${name}\`: ${meaningOf(name)}`).join('\n\n');
}

function meaningOf(name: string): string {
  const tables = [scraperMetrics, ...catalogues.map(({ metrics }) => metrics)];
  // A name that two catalogues have is the same metric in both, which a test holds.
  return tables.find((metrics) => Object.hasOwn(metrics, name))?.[name as never]?.['meaning'] ?? '';
}
