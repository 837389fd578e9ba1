import { worst, type Health, type Reason } from './reason.js';
import type { FamilySummary, TargetSummary } from './summary.js';

export interface TargetHealth {
  readonly id: string;
  readonly kind: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly health: Health;
  readonly lastDataMs: number;
  readonly reasons: readonly Reason[];
  /** What can't be seen of it, although it is not ill: an extension that is not there. */
  readonly notes: readonly string[];
  readonly families: readonly FamilySummary[];
  /** Since when nothing comes from it, or it can't be reached, ms since 1970 UTC; absent while it answers. */
  readonly lostSinceMs?: number;
}

/** The health of a target by itself: the worst of its families, unless it is silent. */
export function targetHealth(target: TargetSummary, nowMs: number, staleMs: number): TargetHealth {
  const component = componentOf(target);
  const link = `/api/v1/targets/${encodeURIComponent(target.id)}`;
  const silentMs = nowMs - target.lastDataMs;
  const isSilent = silentMs > staleMs;
  const reasons: Reason[] = isSilent
    ? [{ component, health: 'unknown', ...silence(target.lastDataMs, silentMs), link }]
    : familyReasons(target.families).map((reason) => ({ component, ...reason, link }));
  const notes = target.families.flatMap(({ family, status, reason }) =>
    status === 'unsupported' ? [`${family}: ${reason}`] : [],
  );
  // One that was never heard was not lost.
  const lostSinceMs = isSilent ? target.lastDataMs || undefined : unreachableSince(target);
  return { ...target, health: worst(reasons), reasons, notes, ...(lostSinceMs !== undefined && { lostSinceMs }) };
}

export function componentOf({ kind, id }: Pick<TargetSummary, 'kind' | 'id'>): string {
  return `${kind}/${id}`;
}

function silence(lastDataMs: number, silentMs: number): Pick<Reason, 'reason' | 'sinceMs'> {
  if (lastDataMs === 0) return { reason: 'It has sent no data yet: is its collector running?' };
  return { reason: `No data for ${Math.round(silentMs / 1000)} s: is its collector running?`, sinceMs: lastDataMs };
}

function unreachableSince({ families }: TargetSummary): number | undefined {
  const times = families.filter(({ status }) => status === 'unreachable').map(({ sinceMs }) => sinceMs);
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** When the target can't be reached, every family says so: one reason is enough. */
function familyReasons(families: readonly FamilySummary[]): Omit<Reason, 'component'>[] {
  const reasons = families.flatMap((family) => {
    const health = healthOf(family);
    return health === 'healthy' ? [] : [{ health, reason: family.reason, sinceMs: family.sinceMs }];
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
