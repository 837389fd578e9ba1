import type {
  LedgerTotals,
  MeshHealth,
  PartitionState,
  PartitionSummary,
  Reason,
  TargetHealth,
} from '@omninode/aggregation';

/**
 * The JSON answers of the API, from what the mesh knows. Times are RFC 3339. Pure: the controllers only fetch and send.
 */

/** `/health`: `system_health` first, because the document's script reads it. */
export function healthDocument(health: MeshHealth, nowMs: number): object {
  return {
    system_health: health.health,
    checked_at: rfc3339(nowMs),
    reasons: health.reasons.map(reasonDocument),
    components: Object.fromEntries(
      health.targets.map((target) => [
        `${target.kind}/${target.id}`,
        { health: target.health, last_data_at: rfc3339(target.lastDataMs) },
      ]),
    ),
  };
}

export interface TargetDocument {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** `/api/v1/targets`. */
export function targetsDocument(health: MeshHealth): TargetDocument[] {
  return health.targets.map(targetDocument);
}

function targetDocument(target: TargetHealth): TargetDocument {
  return {
    id: target.id,
    kind: target.kind,
    health: target.health,
    last_data_at: rfc3339(target.lastDataMs),
    reasons: target.reasons.map(reasonDocument),
    notes: target.notes,
    families: target.families.map(({ family, status, reason, sinceMs }) => ({
      family,
      status,
      reason,
      since: rfc3339(sinceMs),
    })),
  };
}

function reasonDocument({ component, health, reason, sinceMs }: Reason): object {
  return { component, health, reason, ...(sinceMs === undefined ? {} : { since: rfc3339(sinceMs) }) };
}

/** The newest events of an entity, the newest first, as far as this replica owns its partition. */
export function eventsDocument(states: readonly PartitionState[], entity: string): object[] {
  return states
    .flatMap(({ events }) => events.recent())
    .filter((event) => event.entity === entity)
    .map(({ id, name, timeMs, attributes }) => ({ id, name, at: rfc3339(timeMs), attributes }));
}

/**
 * `/api/v1/ledger`: whether every record that was sent is accounted for. `closes` is false while records are missing, or
 * while the counts don't add up; `lag` records are on the bus and not read yet.
 */
export function ledgerDocument(summaries: readonly PartitionSummary[], partitions: number): object {
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

function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
