import { createHash } from 'node:crypto';
import { rankOf } from './alert.js';
import type { Group, GroupMember } from './groups.js';
import type { Missed } from './missed.js';
import type { NotifiedAlert, Notification, NotificationKind } from './notification.js';

/** Group keys of what speaks for no single group. */
export const summaryKeys = { storm: '{}/storm', missed: '{}/missed' } as const;

/** The message about a group. */
export function groupMessage(receiver: string, group: Group, kind: 'alerts' | 'reminder'): Notification {
  return message({
    receiver,
    kind,
    groupKey: group.key,
    groupLabels: group.labels,
    alerts: group.members.map(notified),
    seed: group.toldAtMs,
  });
}

/** One message for all that waits in a storm. */
export function stormMessage(receiver: string, groups: readonly Group[]): Notification {
  const alerts = groups.flatMap(({ members }) => members.filter(({ news }) => news !== undefined).map(notified));
  const seed = Math.max(0, ...groups.map(({ toldAtMs = 0 }) => toldAtMs));
  return message({ receiver, kind: 'storm', groupKey: summaryKeys.storm, groupLabels: {}, alerts, seed });
}

/** Nothing fires any more of what was told by its number only. */
export function stormEndMessage(receiver: string, toldAtMs: number): Notification {
  return message({ receiver, kind: 'storm', groupKey: summaryKeys.storm, groupLabels: {}, alerts: [], seed: toldAtMs });
}

export function missedMessage(receiver: string, missed: Missed): Notification {
  const alerts = missed.alerts.map(({ fingerprint, severity, labels, annotations, startsAtMs, endsAtMs }) => ({
    fingerprint,
    status: 'resolved' as const,
    severity,
    labels,
    annotations,
    startsAtMs,
    endsAtMs,
    isFlapping: false,
  }));
  const furtherAlerts = missed.count - alerts.length;
  return message({
    receiver,
    kind: 'missed',
    groupKey: summaryKeys.missed,
    groupLabels: {},
    alerts,
    furtherAlerts,
    seed: missed.count,
  });
}

export function notified({ alert, news }: GroupMember): NotifiedAlert {
  const { record, labels, isFlapping } = alert;
  const isOver = record.state === 'resolved' && news === 'resolved';
  return {
    fingerprint: record.fingerprint,
    status: isOver ? 'resolved' : 'firing',
    severity: record.severity,
    labels,
    annotations: record.annotations,
    startsAtMs: record.startsAt,
    ...(isOver && { endsAtMs: record.endsAt ?? record.time }),
    ...(news && { news }),
    isFlapping,
  };
}

interface Parts extends Pick<Notification, 'receiver' | 'groupKey' | 'groupLabels' | 'alerts'> {
  readonly kind: NotificationKind;
  readonly furtherAlerts?: number;
  /** What tells two messages with the same alerts apart: when the group was told of before. */
  readonly seed: number | undefined;
}

export function message({
  kind,
  receiver,
  groupKey,
  groupLabels,
  alerts,
  furtherAlerts = 0,
  seed,
}: Parts): Notification {
  const sorted = alerts.toSorted(worstFirst);
  const status = sorted.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved';
  const said = sorted.map(({ fingerprint, startsAtMs, status: now, severity }) => [
    fingerprint,
    startsAtMs,
    now,
    severity,
  ]);
  const idempotencyKey = createHash('sha256')
    .update(JSON.stringify([receiver, kind, groupKey, seed ?? 0, said]))
    .digest('hex')
    .slice(0, 32);
  return { kind, receiver, groupKey, groupLabels, status, alerts: sorted, furtherAlerts, idempotencyKey };
}

function worstFirst(one: NotifiedAlert, other: NotifiedAlert): number {
  if (one.status !== other.status) return one.status === 'firing' ? -1 : 1;
  const byRank = rankOf(other.severity) - rankOf(one.severity);
  return byRank !== 0 ? byRank : one.startsAtMs - other.startsAtMs || (one.fingerprint < other.fingerprint ? -1 : 1);
}
