import { requestStatuses, type RequestStatus } from '@omninode/contracts';
import { DurationSum, durationsSince, type DurationTotals } from './durations.js';
import type { PartitionSummary } from './summary.js';
import type { ComponentTotals } from './totals.js';

/** What each component did in a span of time, over all partitions. */
export interface RecentComponent {
  readonly service: string;
  readonly component: string;
  readonly requests: Readonly<Partial<Record<RequestStatus, number>>>;
  readonly durations?: DurationTotals;
}

/**
 * What came to the totals between the first and the last of some readings of the summaries, the oldest first. A total that fell
 * began anew, and one that is new may hold what happened long ago: from one reading to the next such a one counts for nothing.
 */
export function recentTotals(readings: readonly (readonly PartitionSummary[])[]): RecentComponent[] {
  const sums = new Map<string, { requests: Partial<Record<RequestStatus, number>>; durations: DurationSum }>();
  const names = new Map<string, Pick<ComponentTotals, 'service' | 'component'>>();
  for (const [at, reading] of readings.entries()) {
    const before = at === 0 ? new Map<string, ComponentTotals>() : byKey(readings[at - 1]!);
    for (const [key, after] of byKey(reading)) {
      const earlier = before.get(key);
      if (!earlier) continue;
      const name = JSON.stringify([after.service, after.component]);
      names.set(name, after);
      const sum = sums.get(name) ?? { requests: {}, durations: new DurationSum() };
      sums.set(name, sum);
      addIncrease(sum, earlier, after);
    }
  }
  return [...sums].map(([name, { requests, durations }]) => {
    const { service, component } = names.get(name)!;
    const form = durations.form();
    return { service, component, requests, ...(form && { durations: form }) };
  });
}

function addIncrease(
  sum: { readonly requests: Partial<Record<RequestStatus, number>>; readonly durations: DurationSum },
  before: ComponentTotals,
  after: ComponentTotals,
): void {
  for (const status of requestStatuses) {
    const now = after.requests[status];
    if (now === undefined) continue;
    const increase = Math.max(0, now - (before.requests[status] ?? 0));
    sum.requests[status] = (sum.requests[status] ?? 0) + increase;
  }
  if (!after.durations) return;
  const increase = before.durations ? durationsSince(before.durations, after.durations) : undefined;
  if (increase) sum.durations.addTotals(increase);
}

function byKey(summaries: readonly PartitionSummary[]): Map<string, ComponentTotals> {
  return new Map(
    summaries.flatMap(({ partition, totals }) =>
      (totals?.components ?? []).map(
        (each) => [JSON.stringify([partition, each.service, each.component]), each] as const,
      ),
    ),
  );
}
