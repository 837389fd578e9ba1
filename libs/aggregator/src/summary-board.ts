import type { PartitionSummary } from '@omninode/aggregation';
import type { BusRecord } from '@omninode/contracts';
import { TopicBoard } from './topic-board.js';

/** The newest summary of every partition, whoever owns it: what any replica answers from for the whole mesh. */
export class SummaryBoard extends TopicBoard {
  private readonly newest = new Map<number, PartitionSummary>();

  summaries(): readonly PartitionSummary[] {
    return [...this.newest.values()].sort((a, b) => a.partition - b.partition);
  }

  protected take(record: BusRecord): void {
    const summary = readSummary(record.value);
    if (!summary) {
      this.unreadable++;
      return;
    }
    const known = this.newest.get(summary.partition);
    // A new owner that catches up knows less than the one before: until it is as far, that one's word stands.
    const isFresh = known && summary.atMs - known.atMs < catchUpMs;
    if (isFresh && known.owner !== summary.owner && known.nextOffset > summary.nextOffset) return;
    this.newest.set(summary.partition, summary);
  }
}

/** After this a partition's new owner is believed, however far behind: the topic may have been made anew. */
const catchUpMs = 60_000;

function readSummary(value: Buffer | null): PartitionSummary | undefined {
  try {
    const summary = JSON.parse(value?.toString() ?? '') as PartitionSummary;
    return summary.version === 1 && Number.isInteger(summary.partition) && Array.isArray(summary.targets)
      ? summary
      : undefined;
  } catch {
    return undefined;
  }
}
