import { z } from 'zod';
import { health, labels, reason, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const family = z.object({
  family: z.string(),
  status: z
    .string()
    .meta({ description: 'ok, degraded, unreachable, auth_failed, permission, unsupported, timed_out, skipped.' }),
  reason: z.string(),
  since: time,
});

export const targetAnswer = z.object({
  id: z.string(),
  kind: z.string(),
  labels: labels.optional(),
  health,
  last_data_at: time.nullable().meta({ description: 'null: it has sent no data yet.' }),
  reasons: z.array(reason),
  notes: z.array(z.string()).meta({ description: 'What can not be seen of it, although it is not ill.' }),
  families: z.array(family),
});
export type TargetAnswer = z.infer<typeof targetAnswer>;

const event = z.object({
  id: z.string(),
  name: z.string(),
  at: time,
  attributes: z.record(z.string(), z.unknown()),
});
export type EventAnswer = z.infer<typeof event>;

export const targetWithEvents = targetAnswer.extend({
  events: z.array(event).nullable().meta({
    description: 'The newest first. null: another replica owns the partition of the target and knows them.',
  }),
  events_with: z.object({ partition: z.number(), owner: z.string().optional() }).nullable().meta({
    description: 'Whom to ask for the events; null: they are here. Without owner: nobody has the partition now.',
  }),
});
export type TargetWithEvents = z.infer<typeof targetWithEvents>;

export const targetRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/targets',
    summary: 'All targets that have ever reported, with health and reasons.',
    role: 'viewer',
    query: z.strictObject({}),
    answers: { 200: { description: 'The targets by id.', schema: z.array(targetAnswer) } },
  },
  {
    method: 'get',
    path: '/api/v1/targets/{id}',
    summary: 'A target. The owner of its partition knows its newest events too; others say who that is.',
    role: 'viewer',
    parameters: z.object({ id: z.string().meta({ description: 'Id of the target.' }) }),
    answers: {
      200: {
        description: 'The target.',
        schema: targetWithEvents,
      },
      404: { description: 'No such target has reported.' },
    },
  },
];
