import { statusEvent, type StatusAttributes } from '@omninode/contracts';
import type { PartitionState } from '../state/partition-state.js';
import { missingOf, overdueOf } from '../state/producer-state.js';
import type { KeptEvent } from '../state/recent-events.js';
import { troubledBreakers } from './breakers.js';
import { liveSeries } from './live-series.js';
import { totalsOf } from './totals.js';
import type { LedgerTotals, PartitionSummary, ProducerGap, TargetSummary } from './summary.js';

export interface Moment {
  readonly partition: number;
  readonly owner: string;
  readonly endOffset: number;
  readonly atMs: number;
  /** Series that nobody has sent for this long count as expired, ms. */
  readonly expiryMs: number;
}

const mostGaps = 50;

/** What the owner of a partition tells of it. */
export function summarize(
  state: PartitionState,
  { partition, owner, endOffset, atMs, expiryMs }: Moment,
): PartitionSummary {
  const notBeforeMs = atMs - expiryMs;
  return {
    version: 1,
    partition,
    owner,
    atMs,
    nextOffset: state.nextOffset,
    endOffset: Math.max(endOffset, state.nextOffset),
    ledger: ledgerTotals(state),
    overdue: overdueIn(state, atMs),
    gaps: gapsOf(state),
    series: seriesCounts(state, notBeforeMs),
    targets: targetsOf(state),
    breakers: troubledBreakers(state, notBeforeMs),
    totals: totalsOf(state, notBeforeMs),
  };
}

function ledgerTotals({ ledger, producers }: PartitionState): LedgerTotals {
  const { resets: _resets, refusedPoints: _refused, fencedPoints: _fenced, ...counts } = ledger;
  let missing = 0;
  let dropped = 0;
  for (const producer of producers) {
    missing += missingOf(producer);
    dropped += producer.dropped;
  }
  return { ...counts, missing, dropped };
}

function overdueIn({ producers }: PartitionState, nowMs: number): number {
  let overdue = 0;
  for (const producer of producers) overdue += overdueOf(producer, nowMs);
  return overdue;
}

function gapsOf({ producers }: PartitionState): ProducerGap[] {
  const gaps: ProducerGap[] = [];
  for (const state of producers) {
    const missing = missingOf(state);
    if (missing === 0) continue;
    const { producer, incarnation, marks, dropped } = state;
    gaps.push({ producer, incarnation, lastSequence: marks.last, received: marks.distinct, dropped, missing });
  }
  return gaps.sort((a, b) => b.missing - a.missing).slice(0, mostGaps);
}

function seriesCounts({ store, producers }: PartitionState, notBeforeMs: number): PartitionSummary['series'] {
  let live = 0;
  for (let number = 0; number < store.size; number++) if (store.seen[number]! >= notBeforeMs) live++;
  let refused = 0;
  for (const { dictionary, known } of producers) {
    for (let index = 0; index < known; index++) if (dictionary[index]! < 0) refused++;
  }
  return { live, expired: store.size - live, refused };
}

/** Targets are known by the statuses that their collectors send: also one that never answered has some. */
function targetsOf(state: PartitionState): TargetSummary[] {
  const statuses = Map.groupBy(state.events.current(statusEvent), ({ producer }) => producer);
  const labels = labelsOfTargets(state);
  return [...statuses].map(([producer, events]) => ({
    id: events[0]!.entity,
    kind: producer.slice(0, producer.indexOf('/')),
    ...labels.get(events[0]!.entity),
    lastDataMs: state.newestData.get(events[0]!.entity) ?? 0,
    families: events.map(familyOf).sort((a, b) => a.family.localeCompare(b.family)),
  }));
}

const mostLabels = 16;

/** What the configuration says of a target stands on each of its series; this one has no labels of its own. */
function labelsOfTargets(state: PartitionState): Map<string, Pick<TargetSummary, 'labels'>> {
  const found = new Map<string, Pick<TargetSummary, 'labels'>>();
  for (const { entity, metric, labelValues } of liveSeries(state, 'omninode_collector_target_up', 0)) {
    const labels = metric.labelNames
      .map((name, at) => [name, labelValues[at]!] as const)
      .filter(([name, value]) => name !== 'target' && value !== '')
      .slice(0, mostLabels);
    if (labels.length > 0) found.set(entity, { labels: Object.fromEntries(labels) });
  }
  return found;
}

function familyOf({ attributes }: KeptEvent): TargetSummary['families'][number] {
  const { family, status, reason, since_ms: sinceMs } = attributes as unknown as StatusAttributes;
  return { family, status, reason, sinceMs };
}
