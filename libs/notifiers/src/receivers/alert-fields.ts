import type { NotifiedAlert } from '../lifecycle/notification.js';
import { sentenceOf } from './text.js';

/** An alert as fields of a log line. */
export function fieldsOf(alert: NotifiedAlert): Readonly<Record<string, unknown>> {
  const { fingerprint, severity, labels, startsAtMs, endsAtMs, news, isFlapping } = alert;
  return {
    alert: labels.alertname,
    severity,
    summary: sentenceOf(alert),
    labels,
    fingerprint,
    since: new Date(startsAtMs).toISOString(),
    ...(endsAtMs !== undefined && { until: new Date(endsAtMs).toISOString() }),
    ...(news && { news }),
    ...(isFlapping && { flapping: true }),
  };
}
