import { z } from 'zod';
import { labels } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

export const baselinesQuery = z.strictObject({
  series: z
    .string()
    .min(1)
    .max(1_024)
    .meta({
      description: 'Name of a metric, or `<component>/<operation>` of requests, exactly.',
      examples: ['omninode_active_connections'],
    }),
  entity: z.string().min(1).max(256).optional().meta({ description: 'Only of this target or service.' }),
});

const slot = z.object({
  hour_of_week: z.number().meta({ description: '0 is Monday 00:00 UTC, 167 Sunday 23:00.' }),
  weeks: z.number().meta({ description: 'Weeks that it is made of.' }),
  enough: z.boolean().meta({ description: 'Whether these are enough to say what is usual: 3.' }),
  missing_weeks: z.number(),
  p05: z.number(),
  p50: z.number().meta({ description: 'In the unit of the series; from buckets: off by 4.4 % at most.' }),
  p95: z.number(),
  now: z.boolean().meta({ description: 'Whether it is the hour that is now.' }),
});

export const baselinesAnswer = z.object({
  weight_of_a_week_earlier: z.number(),
  left_out_hours: z
    .number()
    .meta({ description: 'Hours of series beyond history.baselineSeries, which have no baseline.' }),
  series: z.array(
    z.object({
      entity: z.string(),
      kind: z.enum(['operation', 'counter', 'gauge', 'statement']),
      name: z.string(),
      unit: z.string(),
      labels,
      frozen_hours: z.number().meta({ description: 'Hours that were left out because an alert fired.' }),
      slots: z.array(slot).meta({ description: 'Hours of the week of which anything is known.' }),
    }),
  ),
});
export type BaselinesAnswer = z.infer<typeof baselinesAnswer>;

export const baselineRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/baselines',
    summary: 'What is usual for each hour of the week: durations, values of gauges, hourly increases of counters.',
    role: 'viewer',
    query: baselinesQuery,
    answers: {
      200: {
        description: 'The baselines, at most of 50 series; none while no hour is closed.',
        schema: baselinesAnswer,
      },
    },
  },
];
