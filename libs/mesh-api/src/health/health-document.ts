import { worst, type Health, type MeshHealth, type PartitionSummary, type Reason } from '@omninode/aggregation';
import { rfc3339 } from '../rfc3339.js';
import type { HealthAnswer, HealthJsonAnswer } from './health-routes.js';

/** The two scales of the platform (`omninode_system_health_status` and `omninode_health_status`): never mixed, never averaged. */
const scales = {
  document: {
    words: { healthy: 'healthy', degraded: 'degraded', critical: 'critical', unknown: 'unknown' },
    numbers: { healthy: 2, degraded: 1, critical: 0, unknown: null },
  },
  platform: {
    words: { healthy: 'healthy', degraded: 'degraded', critical: 'unhealthy', unknown: 'unknown' },
    numbers: { healthy: 1, degraded: 0.5, critical: 0, unknown: null },
  },
} as const satisfies Record<string, { words: Record<Health, string>; numbers: Record<Health, number | null> }>;

export type Scale = keyof typeof scales;

/** `/health`: `system_health` first, because the document's script reads it. */
export function healthDocument(
  health: MeshHealth,
  summaries: readonly PartitionSummary[],
  nowMs: number,
  scale: Scale = 'document',
): HealthAnswer {
  const { words, numbers } = scales[scale];
  const newestMs = Math.max(...health.targets.map(({ lastDataMs }) => lastDataMs));
  const hasData = newestMs > 0;
  return {
    system_health: words[health.health],
    system_health_status: numbers[health.health],
    checked_at: rfc3339(nowMs),
    data: {
      newest_at: hasData ? rfc3339(newestMs) : null,
      age_seconds: hasData ? Math.max(0, Math.round((nowMs - newestMs) / 1000)) : null,
      oldest_summary_at: summaries.length > 0 ? rfc3339(Math.min(...summaries.map(({ atMs }) => atMs))) : null,
    },
    reasons: health.reasons.map((reason) => ({ ...reasonDocument(reason), health: words[reason.health] })),
    components: Object.fromEntries(
      componentsOf(health).map(([name, { health: own, lastDataMs }]) => [
        name,
        {
          health: words[own],
          ...(lastDataMs !== undefined && lastDataMs > 0 && { last_data_at: rfc3339(lastDataMs) }),
        },
      ]),
    ),
  };
}

/** The same as `application/health+json`. */
export function healthJsonDocument(health: MeshHealth, nowMs: number): HealthJsonAnswer {
  return {
    status: statusOf[health.health],
    ...(health.reasons[0] && { output: health.reasons[0].reason }),
    checks: Object.fromEntries(
      componentsOf(health).map(([name, { health: own, lastDataMs, reasons }]) => [
        name,
        [
          {
            componentType: name.split('/')[0]!,
            status: statusOf[own],
            time: rfc3339(lastDataMs || nowMs),
            ...(reasons[0] && { output: reasons[0].reason }),
          },
        ],
      ]),
    ),
  };
}

export function reasonDocument({ component, health, reason, sinceMs, link, runbook }: Reason) {
  return {
    component,
    health,
    reason,
    ...(sinceMs !== undefined && { since: rfc3339(sinceMs) }),
    ...(link !== undefined && { link }),
    ...(runbook !== undefined && { runbook }),
  };
}

interface Component {
  readonly health: Health;
  readonly lastDataMs?: number;
  readonly reasons: readonly Reason[];
}

/** All targets, and of everything else what is not healthy. */
function componentsOf({ targets, reasons }: MeshHealth): [name: string, component: Component][] {
  const ofTargets = new Map<string, Component>(targets.map((target) => [`${target.kind}/${target.id}`, target]));
  const others = Map.groupBy(
    reasons.filter(({ component }) => !ofTargets.has(component)),
    ({ component }) => component,
  );
  return [...ofTargets, ...[...others].map(([name, own]) => [name, { health: worst(own), reasons: own }] as const)].map(
    ([name, component]) => [name, component],
  );
}

const statusOf = { healthy: 'pass', degraded: 'warn', critical: 'fail', unknown: 'fail' } as const;
