import type { OwnSample } from '@omninode/aggregation';
import type { Metric } from '@omninode/contracts';
import { notificationMetrics } from '@omninode/notifiers';
import type { Seated } from './notifications.js';
import type { ReceiverStatus } from './outbox-memory.js';

/** What the receivers of a process say of themselves. */
export function notificationSamples(seated: readonly Seated[], nowMs: number): OwnSample[] {
  return seated.flatMap((one) => samplesOf(one, nowMs));
}

function samplesOf({ name: receiver, seat, tally }: Seated, nowMs: number): OwnSample[] {
  const sample = (
    name: keyof typeof notificationMetrics,
    value: number,
    labels: Record<string, string> = {},
  ): OwnSample => ({
    name,
    metric: notificationMetrics[name] as Metric,
    labels: { receiver, ...labels },
    value,
  });
  const waiting = seat.waiting();
  const outcomes = Object.entries(tally.outcomes);
  return [
    ...outcomes.map(([outcome, count]) => sample('omninode_mesh_notifications_total', count, { outcome })),
    sample('omninode_mesh_notifications_dropped_total', tally.dropped),
    sample('omninode_mesh_notifications_is_leader', seat.isLeader ? 1 : 0),
    // Only whoever leads knows what waits.
    ...(waiting ? [sample('omninode_mesh_notifications_waiting', waiting.count)] : []),
    ...(waiting?.oldestMs === undefined
      ? []
      : [sample('omninode_mesh_notifications_oldest_age_seconds', Math.max(0, nowMs - waiting.oldestMs) / 1_000)]),
  ];
}

/** How the receivers do for all, from what their leaders last told everybody. `statusOf`: `undefined` where none has spoken yet. */
export function overdueSamples(
  receivers: readonly string[],
  statusOf: (receiver: string) => ReceiverStatus | undefined,
  nowMs: number,
): OwnSample[] {
  return receivers.flatMap((receiver) => {
    const status = statusOf(receiver);
    if (!status) return [];
    const sinceMs = Math.min(status.failingSinceMs ?? nowMs, status.oldestMs ?? nowMs);
    const name = 'omninode_mesh_receiver_overdue_seconds';
    const value = Math.max(0, nowMs - sinceMs) / 1_000;
    return [{ name, metric: notificationMetrics[name] as Metric, labels: { receiver }, value }];
  });
}
