import { parseDuration } from '@omninode/service-kit';
import { z } from 'zod';
import { seconds, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const dayMs = 24 * 3_600_000;
const longestMs = 30 * dayMs;

const limit = (standard: number) =>
  z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 1_000, 'must be 1 to 1000')
    .default(standard)
    .meta({ description: `How many at most, 1 to 1000. Default ${standard}.`, examples: ['5'] });

const windowOf = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= 60_000 && ms <= longestMs) return ms;
    context.addIssue({ code: 'custom', message: 'must be a duration from 1m to 30d, such as 24h' });
    return z.NEVER;
  })
  .default(dayMs)
  .meta({
    description: 'How far back, 1m to 30d; whole hours, beyond 48 h whole UTC days. Default 24h.',
    examples: ['24h'],
  });

export const slowestQuery = z.strictObject({ limit: limit(5) });

export const slowOperationsQuery = z.strictObject({
  by: z
    .enum(['p95', 'total', 'count'], 'must be p95, total or count')
    .default('p95')
    .meta({ description: 'What ranks them. Statements of databases have no p95. Default p95.' }),
  window: windowOf,
  limit: limit(20),
  service: z.string().min(1).max(1_024).optional().meta({ description: 'Only of this service or target.' }),
});

const exemplar = z.object({
  at: time,
  duration_seconds: seconds,
  status: z.string(),
  error_type: z.string().optional(),
  request_id: z.string().optional().meta({ description: 'For /api/v1/requests/{id}.' }),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
});

export const slowOperation = z.object({
  kind: z.enum(['operation', 'statement']),
  service: z.string().meta({ description: 'The service, or the target of a statement.' }),
  component: z.string().meta({ description: 'Part of the service, or the database of a statement.' }),
  operation: z.string().meta({ description: 'What was asked of it, or the query id of a statement.' }),
  count: z.number(),
  errors: z.number().optional().meta({ description: 'Failures and timeouts. Absent for statements.' }),
  error_ratio: z.number().optional(),
  total_seconds: seconds,
  mean_seconds: seconds.optional(),
  p50_seconds: seconds.optional().meta({ description: 'From buckets: off by 2.2 % at most.' }),
  p95_seconds: seconds.optional(),
  p99_seconds: seconds.optional(),
  max_seconds: seconds.optional().meta({ description: 'Where the slowest was not told: what none exceeded.' }),
  slow: z.number().optional().meta({ description: 'Requests above the threshold of the operation.' }),
  exemplars: z.array(exemplar).meta({ description: 'The slowest that were told, at most 3.' }),
  query: z.string().optional().meta({ description: 'Text of a statement, constants replaced.' }),
  folded: z.number().optional().meta({ description: 'Series beyond the cap on operations that are in this one.' }),
});
export type SlowOperationAnswer = z.infer<typeof slowOperation>;

export const slowOperationsAnswer = z.object({
  from: time,
  to: time,
  by: z.string(),
  complete: z.boolean().meta({ description: 'False while older rollups are still being read.' }),
  operations: z.array(slowOperation),
});
export type SlowOperationsAnswer = z.infer<typeof slowOperationsAnswer>;

export const slowOperationsRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/metrics/slow-operations',
    summary: 'The slowest operations of the last 24 h by p95: what the daily review script asks for.',
    role: 'viewer',
    query: slowestQuery,
    answers: {
      200: { description: 'The slowest first; empty when nothing was told.', schema: z.array(slowOperation) },
    },
  },
  {
    method: 'get',
    path: '/api/v1/slow-operations',
    summary: 'Operations, and statements of databases, by p95, total time or count, over up to 30 days.',
    role: 'viewer',
    query: slowOperationsQuery,
    answers: { 200: { description: 'Those that cost most first.', schema: slowOperationsAnswer } },
  },
];
