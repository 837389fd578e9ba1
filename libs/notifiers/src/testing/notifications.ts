import { message } from '../lifecycle/messages.js';
import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';

export const startsAtMs = 1_790_000_000_000;

/** What a target could have put into its labels and texts. */
export const hostile = `<script>alert("1")</script> & <!channel> *bold* 'x'\u0007\n`;

export function notifiedAlert(n: number, over: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: n.toString(16).padStart(16, '0'),
    status: 'firing',
    severity: 'critical',
    labels: { alertname: 'PoolExhausted', severity: 'critical', target: `db-${n}` },
    annotations: { summary: `db-${n} has no connections left.`, runbook_url: 'https://runbooks.example.com/pool' },
    startsAtMs,
    news: 'fired',
    isFlapping: false,
    ...over,
  };
}

export function notificationOf(alerts: readonly NotifiedAlert[], over: Partial<Notification> = {}): Notification {
  const parts = {
    kind: 'alerts' as const,
    receiver: 'ops',
    groupKey: '{}:{alertname="PoolExhausted"}',
    groupLabels: { alertname: 'PoolExhausted' },
  };
  return { ...message({ ...parts, alerts, seed: 0 }), ...over };
}
