/**
 * The metrics that an expression names, without the parts of histograms. Our expressions have braces behind every metric, so
 * that no parser is needed.
 */
export function metricsIn(promql: string): string[] {
  return [...promql.matchAll(/([a-zA-Z_:][\w:]*)\{/g)].map(([, name]) => name!.replace(/_(bucket|sum|count)$/, ''));
}
