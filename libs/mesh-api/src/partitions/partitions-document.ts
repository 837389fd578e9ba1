import type { HealthLimits, PartitionSummary } from '@omninode/aggregation';
import { rfc3339 } from '../rfc3339.js';
import type { PartitionAnswer } from './partition-routes.js';

/** `/api/v1/partitions`, from the summaries: any replica answers for all. `owned`: those of this process, where it says. */
export function partitionsDocument(
  summaries: readonly PartitionSummary[],
  { partitions, summaryStaleMs }: Pick<HealthLimits, 'partitions' | 'summaryStaleMs'>,
  owned: readonly number[] | undefined,
  nowMs: number,
): PartitionAnswer[] {
  return Array.from({ length: partitions }, (_, partition) => {
    const summary = summaries.find((candidate) => candidate.partition === partition);
    const is_here = owned ? owned.includes(partition) : null;
    if (!summary) return { ...silent, partition, is_here };
    const ageMs = Math.max(0, nowMs - summary.atMs);
    return {
      partition,
      owner: summary.owner,
      is_here,
      is_stale: ageMs > summaryStaleMs,
      as_of: rfc3339(summary.atMs),
      age_seconds: ageMs / 1000,
      next_offset: summary.nextOffset,
      end_offset: summary.endOffset,
      lag: Math.max(0, summary.endOffset - summary.nextOffset),
      series: { ...summary.series },
      targets: summary.targets.length,
    };
  });
}

const silent = {
  owner: null,
  is_stale: true,
  as_of: null,
  age_seconds: null,
  next_offset: null,
  end_offset: null,
  lag: null,
  series: null,
  targets: null,
} as const;
