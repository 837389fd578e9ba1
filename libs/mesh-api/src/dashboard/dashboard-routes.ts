import { z } from 'zod';
import { health, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const figure = z.number().nullable();

export const dashboardAnswer = z
  .object({
    system_health: z.object({
      status: health,
      uptime_seconds: z.number().meta({ description: 'Of the process that answers, s.' }),
      error_rate_percent: figure.meta({
        description: 'Requests that ended in failure or timeout, of those in the window.',
      }),
      average_response_time_ms: figure.meta({ description: 'Over the window.' }),
      active_connections: figure.meta({ description: 'Database connections in use now.' }),
      last_updated: time.nullable().meta({ description: 'When the newest partition has spoken.' }),
    }),
    resilience_metrics: z
      .object({
        circuit_breaker_trips: figure,
        timeout_failures: figure,
        retry_attempts: figure,
        dead_letter_queue_messages: figure,
        grace_period_recoveries: figure,
      })
      .meta({ description: 'Totals since their sources began to count.' }),
    component_performance: z
      .record(
        z.string(),
        z.object({
          total_requests: z.number(),
          success_rate_percent: figure,
          average_duration_ms: figure,
          p95_duration_ms: figure,
          error_count: z.number(),
        }),
      )
      .meta({
        description: 'Totals since their sources began to count. Where two services have one, it is SERVICE/COMPONENT.',
      }),
    recent_alerts: z
      .array(
        z.object({
          id: z.string(),
          timestamp: time,
          alert_type: z.string(),
          severity: z.enum(['info', 'warning', 'critical']),
          message: z.string(),
          component: z.string().nullable(),
          metadata: z.record(z.string(), z.string()),
          resolved: z.boolean(),
        }),
      )
      .meta({ description: 'Those that fire and those that have resolved, the newest first; at most 50.' }),
    monitoring_config: z.object({
      target_stale_seconds: z.number(),
      series_expiry_seconds: z.number(),
      partitions: z.number(),
      window_seconds: z.number().meta({ description: 'How long the window of the rates is when it is full, s.' }),
    }),
    statistics: z.object({
      targets: z.number(),
      series: z.number(),
      records_received: z.number(),
      alerts_firing: z.number().nullable(),
      window_seconds: z.number().meta({ description: 'How long the window of the rates is now, s.' }),
    }),
    absent: z
      .record(z.string(), z.string())
      .meta({ description: 'Why a figure is null, by its path: what nobody measures is never 0.' }),
  })
  .meta({ description: "The platform's get_performance_dashboard, for the whole mesh." });
export type DashboardAnswer = z.infer<typeof dashboardAnswer>;

export const dashboardRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/dashboard',
    summary: "Health, resilience and performance of components, in the shape of the platform's performance dashboard.",
    role: 'viewer',
    query: z.strictObject({}),
    answers: { 200: { description: 'The dashboard.', schema: dashboardAnswer } },
  },
];
