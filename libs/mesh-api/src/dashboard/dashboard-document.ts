import {
  requestsOf,
  type MeshHealth,
  type PartitionSummary,
  type PartitionTotals,
  type RecentComponent,
} from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';
import { rfc3339 } from '../rfc3339.js';
import { componentPerformance, errorsOf, mergedDurations } from './component-performance.js';
import type { DashboardAnswer } from './dashboard-routes.js';

export interface DashboardInput {
  readonly health: MeshHealth;
  readonly summaries: readonly PartitionSummary[];
  /** `undefined`: there is no alerting. */
  readonly alerts: readonly AlertRecord[] | undefined;
  /** What components did in the window. */
  readonly recent: readonly RecentComponent[];
  /** How long the window is now, and how long when it is full, ms. */
  readonly windowMs: number;
  readonly fullWindowMs: number;
  readonly limits: { readonly targetStaleMs: number; readonly partitions: number };
  readonly expiryMs: number;
  readonly uptimeMs: number;
}

const mostAlerts = 50;

/** `/api/v1/dashboard`. What nobody measures is null and has its reason in `absent`, never 0. */
export function dashboardDocument(input: DashboardInput): DashboardAnswer {
  const { health, summaries, alerts, limits } = input;
  const absent: Record<string, string> = {};
  const figure = (path: string, value: number | undefined, why: string): number | null => {
    if (value !== undefined) return value;
    absent[path] = why;
    return null;
  };
  const seconds = Math.round(input.windowMs / 1000);
  const requests = sum(input.recent.map((each) => requestsOf(each.requests))) ?? 0;
  const durations = mergedDurations(input.recent);
  const noRequests =
    seconds === 0
      ? 'This process has just begun to watch; ask again in a moment.'
      : `No service told of a request in the latest ${seconds} s. The client's trace() tells of them.`;
  const total = (of: (totals: PartitionTotals) => number | undefined) =>
    sum(summaries.map(({ totals }) => totals && of(totals)));
  const connections =
    total(({ serverConnections }) => serverConnections) ?? total(({ poolConnections }) => poolConnections);
  return {
    system_health: {
      status: health.health,
      uptime_seconds: Math.round(input.uptimeMs / 1000),
      error_rate_percent: figure(
        'system_health.error_rate_percent',
        requests > 0 ? percent(errorsIn(input.recent), requests) : undefined,
        noRequests,
      ),
      average_response_time_ms: figure(
        'system_health.average_response_time_ms',
        durations && (durations.sumSeconds / durations.count) * 1000,
        noRequests,
      ),
      active_connections: figure(
        'system_health.active_connections',
        connections,
        'No database target and no pool of a service tells of its connections.',
      ),
      last_updated: summaries.length > 0 ? rfc3339(Math.max(...summaries.map(({ atMs }) => atMs))) : null,
    },
    resilience_metrics: {
      circuit_breaker_trips: figure(
        'resilience_metrics.circuit_breaker_trips',
        total(({ breakerTrips }) => breakerTrips),
        'No circuit breaker is watched.',
      ),
      timeout_failures: figure(
        'resilience_metrics.timeout_failures',
        total(({ timeouts }) => timeouts),
        'No service has told of a request that took too long, or of any request at all.',
      ),
      retry_attempts: figure(
        'resilience_metrics.retry_attempts',
        total(({ retries }) => retries),
        'No service tells of its retries.',
      ),
      dead_letter_queue_messages: figure(
        'resilience_metrics.dead_letter_queue_messages',
        total(({ deadLetters }) => deadLetters),
        'No dead letter topic is watched.',
      ),
      grace_period_recoveries: figure(
        'resilience_metrics.grace_period_recoveries',
        undefined,
        'Nobody measures it: the platform names it and nothing counts it.',
      ),
    },
    component_performance: componentPerformance(summaries, (component, field, why) => {
      absent[`component_performance.${component}.${field}`] = why;
    }),
    recent_alerts: recentAlerts(alerts ?? []),
    monitoring_config: {
      target_stale_seconds: limits.targetStaleMs / 1000,
      series_expiry_seconds: input.expiryMs / 1000,
      partitions: limits.partitions,
      window_seconds: input.fullWindowMs / 1000,
    },
    statistics: {
      targets: health.targets.length,
      series: sum(summaries.map(({ series }) => series.live)) ?? 0,
      records_received: sum(summaries.map(({ ledger }) => ledger.received)) ?? 0,
      alerts_firing: figure(
        'statistics.alerts_firing',
        alerts?.filter(({ state }) => state === 'firing').length,
        'There is no alerting in this process.',
      ),
      window_seconds: seconds,
    },
    absent,
  };
}

function recentAlerts(alerts: readonly AlertRecord[]): DashboardAnswer['recent_alerts'] {
  return (
    alerts
      .filter(({ state }) => state !== 'pending')
      // Of one moment by their names, so that every replica cuts off the same ones.
      .toSorted((a, b) => b.time - a.time || (a.fingerprint < b.fingerprint ? -1 : 1))
      .slice(0, mostAlerts)
      .map(({ fingerprint, name, state, severity, labels, annotations, startsAt }) => ({
        id: fingerprint,
        timestamp: rfc3339(startsAt),
        alert_type: name,
        severity,
        message: annotations.summary ?? name,
        component: labels.target ?? labels.service_name ?? labels.component ?? null,
        metadata: { ...labels },
        resolved: state === 'resolved',
      }))
  );
}

function errorsIn(recent: readonly RecentComponent[]): number {
  return sum(recent.map(({ requests }) => errorsOf(requests))) ?? 0;
}

function percent(part: number, whole: number): number {
  return (100 * part) / whole;
}

/** `undefined` where there is nothing to add up. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 ? undefined : told.reduce((all, value) => all + value, 0);
}
