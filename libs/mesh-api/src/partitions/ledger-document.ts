import type { LedgerTotals, PartitionSummary } from '@omninode/aggregation';
import { rfc3339 } from '../rfc3339.js';
import type { LedgerAnswer } from './partition-routes.js';

/**
 * `/api/v1/ledger`: whether every record that was sent is accounted for. `closes` is false while records are missing, or
 * while the counts don't add up; `lag` records are on the bus and not read yet.
 */
export function ledgerDocument(summaries: readonly PartitionSummary[], partitions: number): LedgerAnswer {
  const totals = summaries.map((summary) => summary.ledger).reduce(addTotals, noTotals);
  const accounted = totals.applied + totals.duplicate + totals.fenced + totals.deadLettered + totals.skipped;
  const complete = summaries.length === partitions;
  return {
    closes: complete && totals.received === accounted && totals.missing === 0,
    complete,
    equation: 'received = applied + duplicate + fenced + dead_lettered + skipped',
    totals: snakeTotals(totals),
    lag: summaries.reduce((sum, summary) => sum + Math.max(0, summary.endOffset - summary.nextOffset), 0),
    gaps: summaries.flatMap((summary) =>
      summary.gaps.map(({ producer, incarnation, lastSequence, received, dropped, missing }) => ({
        partition: summary.partition,
        producer,
        incarnation,
        last_sequence: lastSequence,
        received,
        dropped,
        missing,
      })),
    ),
    partitions: summaries.map((summary) => ({
      partition: summary.partition,
      owner: summary.owner,
      as_of: rfc3339(summary.atMs),
      next_offset: summary.nextOffset,
      end_offset: summary.endOffset,
      series: summary.series,
      totals: snakeTotals(summary.ledger),
    })),
  };
}

const noTotals: LedgerTotals = {
  received: 0,
  applied: 0,
  duplicate: 0,
  fenced: 0,
  deadLettered: 0,
  skipped: 0,
  unverified: 0,
  missing: 0,
  dropped: 0,
  latePoints: 0,
  rejectedPoints: 0,
};

function addTotals(a: LedgerTotals, b: LedgerTotals): LedgerTotals {
  const sum: Record<string, number> = {};
  for (const key of Object.keys(noTotals) as (keyof LedgerTotals)[]) sum[key] = a[key] + b[key];
  return sum as unknown as LedgerTotals;
}

function snakeTotals(totals: LedgerTotals): Record<string, number> {
  return Object.fromEntries(
    Object.entries(totals).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as number,
    ]),
  );
}
