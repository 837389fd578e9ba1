import type { HealthLimits } from './health-rules.js';
import type { Reason } from './reason.js';
import type { PartitionSummary } from './summary.js';

/** What the mesh can't see of itself: partitions that nobody reads, records that never came. */
export function blindSpots(summaries: readonly PartitionSummary[], nowMs: number, limits: HealthLimits): Reason[] {
  const reasons: Reason[] = [];
  for (let partition = 0; partition < limits.partitions; partition++) {
    const summary = summaries.find((candidate) => candidate.partition === partition);
    const about = { component: `mesh/partition-${partition}`, link: '/api/v1/partitions' };
    if (!summary) reasons.push({ ...about, health: 'unknown', reason: 'No aggregator has read this partition yet.' });
    else if (nowMs - summary.atMs > limits.summaryStaleMs) {
      const seconds = Math.round((nowMs - summary.atMs) / 1000);
      const reason = `No aggregator has spoken for this partition for ${seconds} s: its data may be old.`;
      reasons.push({ ...about, health: 'unknown', reason, sinceMs: summary.atMs });
    } else if (overdueOf(summary) > 0) {
      const reason = `${overdueOf(summary)} measurement records were sent and never came: see /api/v1/ledger.`;
      reasons.push({ ...about, health: 'degraded', reason, link: '/api/v1/ledger' });
    }
  }
  return reasons;
}

/** A record that was overtaken on its way is no reason to worry: only what did not come within the grace is. */
function overdueOf({ overdue, ledger }: PartitionSummary): number {
  return overdue ?? ledger.missing;
}
