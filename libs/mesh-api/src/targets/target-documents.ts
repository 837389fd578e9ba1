import type { MeshHealth, PartitionState, TargetHealth } from '@omninode/aggregation';
import { reasonDocument } from '../health/health-document.js';
import { rfc3339 } from '../rfc3339.js';
import type { EventAnswer, TargetAnswer } from './target-routes.js';

/** `/api/v1/targets`. */
export function targetsDocument(health: MeshHealth): TargetAnswer[] {
  return health.targets.map(targetDocument);
}

export function targetDocument(target: TargetHealth): TargetAnswer {
  return {
    id: target.id,
    kind: target.kind,
    ...(target.labels && { labels: { ...target.labels } }),
    health: target.health,
    last_data_at: target.lastDataMs > 0 ? rfc3339(target.lastDataMs) : null,
    reasons: target.reasons.map(reasonDocument),
    notes: [...target.notes],
    families: target.families.map(({ family, status, reason, sinceMs }) => ({
      family,
      status,
      reason,
      since: rfc3339(sinceMs),
    })),
  };
}

/** The newest events of an entity, the newest first, as far as this replica owns its partition. */
export function eventsDocument(states: readonly PartitionState[], entity: string): EventAnswer[] {
  return states
    .flatMap(({ events }) => events.recent())
    .filter((event) => event.entity === entity)
    .map(({ id, name, timeMs, attributes }) => ({ id, name, at: rfc3339(timeMs), attributes }));
}
