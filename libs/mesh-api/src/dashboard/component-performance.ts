import {
  durationQuantile,
  DurationSum,
  requestsOf,
  type ComponentTotals,
  type DurationTotals,
  type PartitionSummary,
} from '@omninode/aggregation';
import type { DashboardAnswer } from './dashboard-routes.js';

type Performance = DashboardAnswer['component_performance'];

/** Each component over all partitions. `say` is told why a figure is null. */
export function componentPerformance(
  summaries: readonly PartitionSummary[],
  say: (component: string, field: string, why: string) => void,
): Performance {
  const components = merged(summaries.flatMap(({ totals }) => totals?.components ?? []));
  const namesakes = Map.groupBy(components, ({ component }) => component);
  const performance: [string, Performance[string]][] = components.map((each) => {
    const name = namesakes.get(each.component)!.length > 1 ? `${each.service}/${each.component}` : each.component;
    return [name, performanceOf(each, (field, why) => say(name, field, why))];
  });
  // `__proto__` is a name like any other here.
  return Object.fromEntries(performance);
}

/** Requests that ended in failure or timeout; `cancelled` is nobody's fault. */
export function errorsOf(requests: ComponentTotals['requests']): number {
  return (requests.failure ?? 0) + (requests.timeout ?? 0);
}

/** `undefined` where nothing tells how long requests took. */
export function mergedDurations(parts: readonly { readonly durations?: DurationTotals }[]): DurationTotals | undefined {
  const sum = new DurationSum();
  for (const { durations } of parts) if (durations) sum.addTotals(durations);
  return sum.form();
}

function performanceOf(
  { requests, durations }: ComponentTotals,
  say: (field: string, why: string) => void,
): Performance[string] {
  const total = requestsOf(requests);
  const success = total > 0 ? (100 * (requests.success ?? 0)) / total : null;
  if (success === null) say('success_rate_percent', 'It had no requests yet.');
  if (!durations) {
    for (const field of ['average_duration_ms', 'p95_duration_ms'])
      say(field, 'Nothing tells how long its requests took.');
  }
  return {
    total_requests: total,
    success_rate_percent: success,
    average_duration_ms: durations ? (1000 * durations.sumSeconds) / durations.count : null,
    p95_duration_ms: durations ? 1000 * durationQuantile(durations, 0.95) : null,
    error_count: errorsOf(requests),
  };
}

/** A component may have series in two partitions after a change of their count. */
function merged(components: readonly ComponentTotals[]): ComponentTotals[] {
  const groups = Map.groupBy(components, ({ service, component }) => JSON.stringify([service, component]));
  return [...groups.values()].map((parts) => {
    const requests: Record<string, number> = {};
    for (const part of parts)
      for (const [status, count] of Object.entries(part.requests)) requests[status] = (requests[status] ?? 0) + count;
    const durations = mergedDurations(parts);
    return { service: parts[0]!.service, component: parts[0]!.component, requests, ...(durations && { durations }) };
  });
}
