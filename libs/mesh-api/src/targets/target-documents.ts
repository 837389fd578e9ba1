import type { MeshHealth, TargetHealth } from '@omninode/aggregation';
import { partitionOf } from '@omninode/contracts';
import { reasonDocument } from '../health/health-document.js';
import type { MeshView } from '../mesh-view.js';
import { rfc3339 } from '../rfc3339.js';
import type { EventAnswer, TargetAnswer, TargetWithEvents } from './target-routes.js';

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

/**
 * The newest events of an entity, the newest first. Only the owner of its partition knows them: `null` where that is another
 * replica, because that there are none is not known here.
 */
export function eventsDocument(
  view: Pick<MeshView, 'states' | 'ownedPartitions' | 'summaries' | 'limits'>,
  entity: string,
): Pick<TargetWithEvents, 'events' | 'events_with'> {
  const partition = partitionOf(entity, view.limits().partitions);
  const isHere = view.ownedPartitions?.().some((owned) => owned.partition === partition) ?? true;
  const owner = view.summaries().find((summary) => summary.partition === partition)?.owner;
  if (!isHere) return { events: null, events_with: { partition, ...(owner !== undefined && { owner }) } };
  const events = view
    .states()
    .flatMap(({ events: known }) => known.recent())
    .filter((event) => event.entity === entity)
    .map(({ id, name, timeMs, attributes }): EventAnswer => ({ id, name, at: rfc3339(timeMs), attributes }));
  return { events, events_with: null };
}
