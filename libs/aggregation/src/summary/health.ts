import type { FamilySummary, PartitionSummary, TargetSummary } from './summary.js';

/** The document's scale, and `unknown`: absence of data is never health. */
export type Health = 'healthy' | 'degraded' | 'critical' | 'unknown';

export interface Reason {
  /** What it is about: `database/orders-db`, `mesh/partition-3`. */
  readonly component: string;
  readonly health: Health;
  readonly reason: string;
  /** Since when, ms since 1970 UTC; absent when it can't be told. */
  readonly sinceMs?: number;
}

export interface MeshHealth {
  readonly health: Health;
  /** The worst first; empty when all is well. */
  readonly reasons: readonly Reason[];
  readonly targets: readonly TargetHealth[];
}

export interface TargetHealth {
  readonly id: string;
  readonly kind: string;
  readonly health: Health;
  readonly lastDataMs: number;
  readonly reasons: readonly Reason[];
  /** What can't be seen of it, although it is not ill: an extension that is not there. */
  readonly notes: readonly string[];
  readonly families: readonly FamilySummary[];
}

export interface HealthLimits {
  /** A target whose newest measurement is older than this is `unknown`, ms. */
  readonly targetStaleMs: number;
  /** A partition whose summary is older than this is not being read by anybody, ms. */
  readonly summaryStaleMs: number;
  /** How many partitions the measurement topic has. */
  readonly partitions: number;
}

const worstFirst: readonly Health[] = ['critical', 'unknown', 'degraded', 'healthy'];

/** The health of everything that the mesh watches and of the mesh itself: the worst of its parts, each with its reason. */
export function meshHealth(summaries: readonly PartitionSummary[], nowMs: number, limits: HealthLimits): MeshHealth {
  const targets = newestPerTarget(summaries).map((target) => targetHealth(target, nowMs, limits.targetStaleMs));
  const reasons = [...targets.flatMap((target) => target.reasons), ...blindSpots(summaries, nowMs, limits)];
  if (targets.length === 0) {
    reasons.push({ component: 'mesh', health: 'unknown', reason: 'No target has reported yet.' });
  }
  reasons.sort(
    (a, b) => worstFirst.indexOf(a.health) - worstFirst.indexOf(b.health) || a.component.localeCompare(b.component),
  );
  return { health: worst(reasons), reasons, targets };
}

function targetHealth(target: TargetSummary, nowMs: number, staleMs: number): TargetHealth {
  const component = `${target.kind}/${target.id}`;
  const silentMs = nowMs - target.lastDataMs;
  const reasons: Reason[] =
    silentMs > staleMs
      ? [
          {
            component,
            health: 'unknown',
            reason: `No data for ${Math.round(silentMs / 1000)} s: is its collector running?`,
            sinceMs: target.lastDataMs,
          },
        ]
      : familyReasons(component, target.families);
  const notes = target.families.flatMap(({ family, status, reason }) =>
    status === 'unsupported' ? [`${family}: ${reason}`] : [],
  );
  return { ...target, health: worst(reasons), reasons, notes };
}

/** When the target can't be reached, every family says so: one reason is enough. */
function familyReasons(component: string, families: readonly FamilySummary[]): Reason[] {
  const reasons = families.flatMap((family): Reason[] => {
    const health = healthOf(family);
    return health === 'healthy' ? [] : [{ component, health, reason: family.reason, sinceMs: family.sinceMs }];
  });
  return reasons.filter((reason, at) => reasons.findIndex((other) => other.reason === reason.reason) === at);
}

function healthOf({ family, status }: FamilySummary): Health {
  switch (status) {
    case 'ok':
    // What a target can't answer is no illness of it, and a pass that was skipped says nothing new.
    case 'unsupported':
    case 'skipped':
      return 'healthy';
    case 'unreachable':
      return 'critical';
    // We are not let in: how it is, nobody can say.
    case 'auth_failed':
      return 'unknown';
    case 'timed_out':
      return family === 'availability' ? 'critical' : 'degraded';
    case 'degraded':
    case 'permission':
      return 'degraded';
  }
}

function blindSpots(summaries: readonly PartitionSummary[], nowMs: number, limits: HealthLimits): Reason[] {
  const reasons: Reason[] = [];
  for (let partition = 0; partition < limits.partitions; partition++) {
    const summary = summaries.find((candidate) => candidate.partition === partition);
    const component = `mesh/partition-${partition}`;
    if (!summary) reasons.push({ component, health: 'unknown', reason: 'No aggregator has read this partition yet.' });
    else if (nowMs - summary.atMs > limits.summaryStaleMs) {
      const seconds = Math.round((nowMs - summary.atMs) / 1000);
      const reason = `No aggregator has spoken for this partition for ${seconds} s: its data may be old.`;
      reasons.push({ component, health: 'unknown', reason, sinceMs: summary.atMs });
    } else if (overdueOf(summary) > 0) {
      const reason = `${overdueOf(summary)} measurement records were sent and never came: see /api/v1/ledger.`;
      reasons.push({ component, health: 'degraded', reason });
    }
  }
  return reasons;
}

/** A record that was overtaken on its way is no reason to worry: only what did not come within the grace is. */
function overdueOf({ overdue, ledger }: PartitionSummary): number {
  return overdue ?? ledger.missing;
}

/** After a change of the partition count a target may stand in two summaries: the newer data counts. */
function newestPerTarget(summaries: readonly PartitionSummary[]): TargetSummary[] {
  const newest = new Map<string, TargetSummary>();
  for (const target of summaries.flatMap((summary) => summary.targets)) {
    const key = `${target.kind}/${target.id}`;
    const other = newest.get(key);
    if (!other || other.lastDataMs < target.lastDataMs) newest.set(key, target);
  }
  return [...newest.values()].sort((a, b) => a.id.localeCompare(b.id));
}

function worst(reasons: readonly Reason[]): Health {
  return worstFirst.find((health) => reasons.some((reason) => reason.health === health)) ?? 'healthy';
}
