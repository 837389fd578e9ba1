import { countOf } from '../sketch/sketch-sum.js';
import { quantileOf } from '../sketch/quantile.js';
import { hourOf } from '../keeper/hours.js';
import { parts, type OperationPart } from './kept-hour.js';
import { errorsOf } from './operation-statistics.js';
import type { RollupBook } from './rollup-book.js';

/** As the platform's dashboard names it. What is not known is absent. */
export interface ComponentPerformance {
  readonly total_requests: number;
  /** Share of requests that ended in no error, of those that were not cancelled; 0–100. */
  readonly success_rate_percent?: number;
  readonly average_duration_ms?: number;
  readonly p95_duration_ms?: number;
  readonly error_count: number;
}

/** How the components of services did in a window (whole hours), by the component's name; of several services together. */
export function componentPerformance(
  book: RollupBook,
  fromMs: number,
  toMs: number,
): Readonly<Record<string, ComponentPerformance>> {
  const byComponent = new Map<string, OperationPart[]>();
  for (const pages of book.of('operation')) {
    const part = pages.within(hourOf(fromMs), toMs);
    if (!part) continue;
    const { component } = pages.subject;
    byComponent.set(component, [...(byComponent.get(component) ?? []), part]);
  }
  return Object.fromEntries(
    [...byComponent].map(([component, all]) => [component, performanceOf(parts.operation.merge(all))]),
  );
}

function performanceOf(part: OperationPart): ComponentPerformance {
  const { requests, durations } = part;
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const errors = errorsOf(part);
  const judged = total - (requests.cancelled ?? 0);
  const timed = countOf(durations);
  return {
    total_requests: total,
    ...(judged > 0 && { success_rate_percent: (100 * (judged - errors)) / judged }),
    ...(timed > 0 && {
      average_duration_ms: (1_000 * durations.sum) / timed,
      p95_duration_ms: 1_000 * quantileOf(durations, 0.95)!,
    }),
    error_count: errors,
  };
}
