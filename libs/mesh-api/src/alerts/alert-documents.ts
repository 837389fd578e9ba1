import type { Explanation } from '@omninode/alerting';
import type { AlertRecord } from '@omninode/contracts';
import { rfc3339 } from '../rfc3339.js';
import type { AlertAnswer, ExplainAnswer } from './alert-routes.js';

/** An alert as the API tells it. */
export function alertDocument(record: AlertRecord): AlertAnswer {
  const { fingerprint, name, state, severity, labels, annotations, value, startsAt, endsAt, time } = record;
  const { flapping = false, replayed = false, reason, partition, ruleVersion } = record;
  return {
    fingerprint,
    name,
    state,
    severity,
    labels: { ...labels },
    annotations: { ...annotations },
    ...(value !== undefined && { value }),
    starts_at: rfc3339(startsAt),
    ...(endsAt !== undefined && { ends_at: rfc3339(endsAt) }),
    changed_at: rfc3339(time),
    flapping,
    replayed,
    ...(reason !== undefined && { reason }),
    ...(partition !== undefined && { partition }),
    rule_version: ruleVersion,
  };
}

const order = ['critical', 'warning', 'info'];

/** The most severe first, of those the newest. */
export function bySeverity(a: AlertRecord, b: AlertRecord): number {
  const bySeverityAndBegin = order.indexOf(a.severity) - order.indexOf(b.severity) || b.startsAt - a.startsAt;
  // Of one moment by their names, so that every replica cuts off the same ones.
  return bySeverityAndBegin || (a.fingerprint < b.fingerprint ? -1 : 1);
}

/** All that can be said of an alert here. `note`: what can't. */
export function explainDocument(
  record: AlertRecord | undefined,
  explanation: Explanation | undefined,
  note: string,
): ExplainAnswer {
  return { ...(record && { alert: alertDocument(record) }), note, ...(explanation && judged(explanation)) };
}

function judged(explanation: Explanation): Partial<ExplainAnswer> {
  const { condition, value, verdictMs, activeMs, signal, windows, levels, missing, rule } = explanation;
  return {
    condition,
    ...(value !== undefined && Number.isFinite(value) && { value }),
    ...(verdictMs > 0 && { judged_at: rfc3339(verdictMs) }),
    ...(activeMs > 0 && { active_since: rfc3339(activeMs) }),
    signal,
    windows: windows.map(({ metric, series, samples, firstMs, lastMs }) => ({
      metric,
      series,
      samples,
      ...(firstMs !== undefined && { first_at: rfc3339(firstMs) }),
      ...(lastMs !== undefined && { last_at: rfc3339(lastMs) }),
    })),
    levels: levels.map(({ severity, fire, clear, holds, sinceMs }) => ({
      severity,
      fire,
      ...(clear !== undefined && { clear }),
      holds,
      ...(sinceMs > 0 && { since: rfc3339(sinceMs) }),
    })),
    missing: [...missing],
    rule,
  };
}
