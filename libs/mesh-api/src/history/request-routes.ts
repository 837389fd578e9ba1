import { z } from 'zod';
import { seconds, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

export const requestParameters = z.object({
  id: z
    .string()
    .regex(/^[\w.:-]{1,256}$/, 'must be a request id or a trace id: letters, digits, dot, colon, dash, underscore')
    .meta({ description: 'A request id (x-request-id), or a W3C trace id.' }),
});

export const requestAnswer = z.object({
  id: z.string(),
  parts: z
    .array(
      z.object({
        began_at: time,
        ended_at: time,
        duration_seconds: seconds,
        service: z.string(),
        component: z.string(),
        operation: z.string(),
        status: z.string(),
        error_type: z.string().optional(),
        request_id: z.string().optional(),
        trace_id: z.string().optional(),
        span_id: z.string().optional(),
        source: z
          .enum(['event', 'rollup'])
          .meta({ description: 'event: of the newest 100 of its service. rollup: one of the slowest of its hour.' }),
      }),
    )
    .meta({ description: 'Its parts that were slow, the one that began first first.' }),
  covered: z
    .object({
      partitions: z.array(z.number()).meta({ description: 'Partitions whose newest events were searched here.' }),
      elsewhere: z.array(z.object({ partition: z.number(), owner: z.string() })).meta({
        description: 'Their newest events lie with their owner. Of them only the slowest of each hour were searched.',
      }),
    })
    .meta({
      description: 'What was searched. The slowest three of each operation and hour are known to every replica.',
    }),
});
export type RequestAnswer = z.infer<typeof requestAnswer>;

export const requestRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/requests/{id}',
    summary: 'One request through services, Kafka and databases, as far as its parts were slow and are kept.',
    role: 'viewer',
    parameters: requestParameters,
    answers: {
      200: { description: 'Its parts.', schema: requestAnswer },
      404: { description: 'No slow part of it is kept; the answer says what was searched.' },
    },
  },
];
