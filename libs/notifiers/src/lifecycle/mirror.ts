import type { KnownAlert, KnownAlerts } from './known-alerts.js';
import { matchesAll, type Matcher } from './matcher.js';
import { message } from './messages.js';
import type { Muted } from './mutes.js';
import { newsOf } from './news.js';
import type { NotifiedAlert, Notification } from './notification.js';
import type { Told } from './told.js';

/** A resolved alert is repeated for so long: delivery is not trusted. As Prometheus does (rules/alerting.go, resolvedRetention). */
export const resolvedRepeatMs = 15 * 60_000;

interface Mirrored {
  readonly receiver: string;
  readonly known: KnownAlerts;
  readonly told: ReadonlyMap<string, Told>;
  readonly muted: Muted;
  readonly matchers: readonly Matcher[];
  readonly nowMs: number;
}

/**
 * All that an Alertmanager has to hear, each time anew: it groups, reminds and caps by itself. An alert that is muted before it
 * was sent is not sent; one that was sent goes on being sent, because it would count as resolved when it is not refreshed.
 */
export function mirrorMessage({
  receiver,
  known,
  told,
  muted,
  matchers,
  nowMs,
}: Mirrored): Notification & { hasNews: boolean } {
  const alerts: NotifiedAlert[] = [];
  for (const alert of known.all()) {
    const before = told.get(alert.record.fingerprint);
    if (before?.state !== 'firing' && !matchesAll(matchers, alert.labels)) {
      if (alert.record.state === 'resolved') known.forget(alert.record.fingerprint);
      continue;
    }
    const isMuted = before?.state !== 'firing' && alert.record.state === 'firing' && muted(alert) !== undefined;
    const shown = shownOf(alert, before, isMuted, nowMs);
    if (shown.length === 0 && alert.record.state === 'resolved') known.forget(alert.record.fingerprint);
    alerts.push(...shown);
  }
  const hasNews = alerts.some(({ news }) => news !== undefined);
  const made = message({ kind: 'mirror', receiver, groupKey: '{}/mirror', groupLabels: {}, alerts, seed: nowMs });
  return { ...made, hasNews };
}

function shownOf(alert: KnownAlert, told: Told | undefined, isMuted: boolean, nowMs: number): NotifiedAlert[] {
  const { record, labels, isFlapping } = alert;
  const news = newsOf(alert, told, isMuted);
  if (record.state === 'firing' || isFlapping) {
    if (isMuted || (record.state === 'resolved' && told?.state !== 'firing')) return [];
    return [
      ...underOldSeverity(alert, told, nowMs),
      { ...base(alert), status: 'firing', labels, isFlapping, ...(news && { news }) },
    ];
  }
  const isRecent = told?.state === 'resolved' && nowMs - told.atMs < resolvedRepeatMs;
  if (news !== 'resolved' && !isRecent) return [];
  const endsAtMs = record.endsAt ?? record.time;
  return [
    ...underOldSeverity(alert, told, nowMs),
    { ...base(alert), status: 'resolved', endsAtMs, labels, isFlapping, ...(news && { news }) },
  ];
}

/** Labels are the identity there: under another severity it is another alert, and the one before has to end. */
function underOldSeverity(alert: KnownAlert, told: Told | undefined, nowMs: number): NotifiedAlert[] {
  if (told?.state !== 'firing' || told.severity === alert.record.severity) return [];
  const labels = { ...alert.labels, severity: told.severity };
  return [
    {
      ...base(alert),
      status: 'resolved',
      severity: told.severity,
      startsAtMs: told.startsAtMs,
      endsAtMs: nowMs,
      labels,
      isFlapping: false,
      isFormer: true,
    },
  ];
}

function base({ record }: KnownAlert) {
  const { fingerprint, severity, annotations, startsAt: startsAtMs } = record;
  return { fingerprint, severity, annotations, startsAtMs };
}
