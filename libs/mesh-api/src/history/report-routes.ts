import { z } from 'zod';
import { time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';
import { slowOperation } from './slow-operations-routes.js';

export const reportQuery = z.strictObject({
  date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2026-11-24')
    .optional()
    .meta({ description: 'The day, as YYYY-MM-DD, of the last 30. Default: yesterday.', examples: ['2026-11-24'] }),
  format: z
    .enum(['json', 'markdown', 'html'], 'must be json, markdown or html')
    .default('json')
    .meta({ description: 'Default json.' }),
  timeZone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]{1,64}$/, 'must be the name of a time zone, such as UTC or Europe/Berlin')
    .optional()
    .meta({ description: 'Time zone of the day. Default: history.reportTimeZone, which is UTC unless it is set.' }),
});

const figure = z
  .union([z.object({ value: z.number() }), z.object({ no_data_because: z.string() })])
  .meta({ description: 'A number in the unit of its row, or why there is none.' });

export const reportAnswer = z.object({
  date: z.string(),
  time_zone: z.string(),
  from: time,
  to: time,
  as_of: time,
  over: z.boolean().meta({ description: 'Whether the day is over.' }),
  complete: z.boolean().meta({ description: 'False while older rollups are still being read.' }),
  health: z.object({ health: z.string(), reasons: z.array(z.string()) }).meta({ description: 'As of `as_of`.' }),
  sections: z.array(
    z.object({
      title: z.string(),
      rows: z.array(
        z.object({
          what: z.string(),
          of: z.string().meta({ description: 'The target or service, and what tells its series apart.' }),
          unit: z.string(),
          day: figure,
          day_before: figure,
          change_ratio: z
            .number()
            .optional()
            .meta({ description: 'Of the day before. Absent where it can not be told.' }),
          usual: figure.meta({ description: 'What is usual for these hours of the week.' }),
        }),
      ),
    }),
  ),
  slowest_operations: z.array(slowOperation),
  alerts: z
    .array(
      z.object({
        name: z.string(),
        severity: z.string(),
        summary: z.string(),
        starts_at: time,
        ends_at: time.optional().meta({ description: 'Absent: it fires still.' }),
      }),
    )
    .nullable()
    .meta({ description: 'Alerts that fired on the day, as far as they are kept; null: there is no alerting.' }),
  ledger: z.object({ closes: z.boolean(), missing: z.number(), dropped: z.number(), dead_lettered: z.number() }),
  notes: z.array(z.string()).meta({ description: 'What the reader has to know of the figures.' }),
});
export type ReportAnswer = z.infer<typeof reportAnswer>;

export const reportRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/reports/daily',
    summary: 'The daily performance report: figures with the day before and what is usual, slowest operations, alerts.',
    role: 'viewer',
    query: reportQuery,
    answers: {
      200: { description: 'The report; as text/markdown or text/html where that is asked for.', schema: reportAnswer },
      404: { description: 'Nothing is kept of such a day; the answer says of which.' },
    },
  },
];
