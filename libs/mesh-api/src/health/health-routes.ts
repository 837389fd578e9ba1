import { z } from 'zod';
import { health, reason, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

export const healthQuery = z.strictObject({
  scale: z.enum(['document', 'platform']).default('document').meta({
    description:
      'document: healthy, degraded, critical, unknown; 2, 1, 0. platform: healthy, degraded, unhealthy, unknown; 1, 0.5, 0.',
  }),
});

export const healthAnswer = z.object({
  system_health: z
    .enum([...health.options, 'unhealthy'])
    .meta({ description: 'The verdict, in the words of the scale.' }),
  system_health_status: z
    .number()
    .nullable()
    .meta({ description: 'The verdict as a number of the scale; null when unknown.' }),
  checked_at: time,
  data: z
    .object({
      newest_at: time.nullable().meta({ description: 'When the newest measurement of any target was taken.' }),
      age_seconds: z.number().nullable().meta({ description: 'How old it is, s.' }),
      oldest_summary_at: time
        .nullable()
        .meta({ description: 'When the partition that was silent for longest has spoken last.' }),
    })
    .meta({ description: 'How old what this rests on is. null: there is none.' }),
  reasons: z.array(reason).meta({ description: 'The worst first; empty when all is well.' }),
  components: z.record(
    z.string(),
    z.object({
      health: z.string(),
      last_data_at: time.optional().meta({ description: 'Absent for what is no target.' }),
    }),
  ),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;

/** As draft-inadarei-api-health-check-06 has it. */
export const healthJsonAnswer = z.object({
  status: z
    .enum(['pass', 'warn', 'fail'])
    .meta({ description: 'fail also where nobody can say: nothing may rest on it.' }),
  output: z.string().optional(),
  checks: z.record(
    z.string(),
    z.array(
      z.object({
        componentType: z.string(),
        status: z.enum(['pass', 'warn', 'fail']),
        time: time.optional(),
        output: z.string().optional(),
      }),
    ),
  ),
});
export type HealthJsonAnswer = z.infer<typeof healthJsonAnswer>;

const said = 'Health of the mesh and of everything that it watches, with reasons.';

export const healthRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/health',
    summary: `${said} With "accept: application/health+json" in that form.`,
    role: 'viewer',
    query: healthQuery,
    answers: {
      200: { description: 'Healthy or degraded.', schema: healthAnswer },
      503: { description: 'Critical or unknown.', schema: healthAnswer },
    },
  },
  {
    method: 'get',
    path: '/livez',
    summary: 'Whether the process lives: it answers as long as its event loop turns.',
    role: 'viewer',
    answers: { 200: { description: 'It lives.', schema: z.object({ live: z.literal(true) }) } },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether the process may get traffic. With ?verbose also the checks that passed.',
    role: 'viewer',
    query: z.object({
      verbose: z.string().optional().meta({ description: 'List all checks; its value says nothing.' }),
    }),
    answers: {
      200: { description: 'It may.', schema: readiness() },
      503: { description: 'Not yet, or not any more, for these reasons.', schema: readiness() },
    },
  },
];

function readiness() {
  return z.object({
    ready: z.boolean(),
    reasons: z.array(z.object({ check: z.string(), reason: z.string().optional() })).optional(),
    checks: z.array(z.looseObject({ name: z.string(), ready: z.boolean() })).optional(),
  });
}
