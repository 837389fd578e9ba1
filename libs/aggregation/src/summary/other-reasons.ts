import type { AlertRecord } from '@omninode/contracts';
import type { HealthRules } from './health-rules.js';
import type { Reason } from './reason.js';
import type { BreakerSummary, PartitionSummary } from './summary.js';
import { componentOf, type TargetHealth } from './target-health.js';

/** A reason, and the target that it is about where there is one. */
export interface ReasonAbout {
  readonly reason: Reason;
  readonly target: TargetHealth | undefined;
}

/** What firing alerts say: critical ones make their component critical, warnings degrade it, and information is no illness. */
export function alertReasons(alerts: readonly AlertRecord[], targets: readonly TargetHealth[]): ReasonAbout[] {
  return alerts.flatMap((alert): ReasonAbout[] => {
    if (alert.state !== 'firing' || alert.severity === 'info') return [];
    const target = targets.find(({ id }) => id === alert.labels.target);
    const runbook = alert.annotations.runbook_url;
    const reason: Reason = {
      component: target ? componentOf(target) : alertComponent(alert),
      health: alert.severity === 'critical' ? 'critical' : 'degraded',
      reason: `${alert.name}: ${alert.annotations.summary ?? 'the alert fires.'}`,
      sinceMs: alert.startsAt,
      link: `/api/v1/alerts/${alert.fingerprint}/explain`,
      ...(isAddress(runbook) && { runbook }),
    };
    return [{ reason, target }];
  });
}

function alertComponent({ labels, name }: AlertRecord): string {
  if (labels.target) return `target/${labels.target}`;
  if (labels.service_name) return `service/${labels.service_name}`;
  return labels.component ? `component/${labels.component}` : `alert/${name}`;
}

/** Nothing that a browser would run. */
function isAddress(text: string | undefined): text is string {
  return text !== undefined && /^(https?:\/\/|\/(?!\/))/i.test(text);
}

/** What breakers say that do not let calls through. One that tries itself again, or is held open by hand, only degrades. */
export function breakerReasons(
  summaries: readonly PartitionSummary[],
  targets: readonly TargetHealth[],
  rules: HealthRules['breakers'],
): ReasonAbout[] {
  return summaries.flatMap(({ breakers = [] }) =>
    breakers.flatMap((breaker): ReasonAbout[] => {
      const verdict = rules[breaker.criticality] ?? 'degraded';
      if (verdict === 'ignored') return [];
      const target = targets.find(({ id }) => id === breaker.entity);
      const reason: Reason = {
        component: `breaker/${breaker.component}`,
        health: breaker.state === 'open' ? verdict : 'degraded',
        reason: `The breaker ${breaker.component} of ${breaker.entity} is ${inWords[breaker.state] ?? breaker.state}; its criticality is ${breaker.criticality}.`,
        ...(breaker.sinceMs !== undefined && { sinceMs: breaker.sinceMs }),
        link: target
          ? `/api/v1/targets/${encodeURIComponent(target.id)}`
          : `/api/v1/series?name=omninode_circuit_breaker_status&entity=${encodeURIComponent(breaker.entity)}`,
      };
      return [{ reason, target }];
    }),
  );
}

const inWords: Readonly<Partial<Record<BreakerSummary['state'], string>>> = {
  half_open: 'half open and tries whether it may close',
  forced_open: 'held open by hand',
};
