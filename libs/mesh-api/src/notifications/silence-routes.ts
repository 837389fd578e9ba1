import { z } from 'zod';
import { time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const matchers = z
  .array(z.string().min(1).max(1_200))
  .min(1)
  .max(32)
  .meta({
    description:
      'What an alert must look like, every one of them: label=value, label!=value, label=~pattern, label!~pattern.',
    examples: [['alertname=HighErrorRate', 'service_name=~checkout.*']],
  });
const moment = z.iso.datetime({ offset: true, error: 'must be a moment such as 2026-11-24T09:30:00Z' });

const longestMs = 366 * 86_400_000;

export const silenceBody = z
  .strictObject({
    matchers,
    starts_at: moment.optional().meta({ description: 'From when. Default: now.' }),
    ends_at: moment.meta({ description: 'Until when, at most a year from its begin.' }),
    created_by: z.string().min(1).max(200).meta({ description: 'Who asks for it.' }),
    comment: z.string().min(1).max(2_000).meta({ description: 'Why.' }),
  })
  .refine(({ starts_at: start, ends_at: end }) => start === undefined || Date.parse(end) > Date.parse(start), {
    path: ['ends_at'],
    message: 'must be after starts_at',
  })
  .refine(
    ({ starts_at: start, ends_at: end }) => start === undefined || Date.parse(end) - Date.parse(start) <= longestMs,
    {
      path: ['ends_at'],
      message: 'must be within a year of starts_at',
    },
  )
  .meta({ description: 'What is to be silenced. Alerts that were told as firing are still told as resolved.' });

export const silenceAnswer = z.object({
  id: z.string(),
  state: z.enum(['pending', 'active', 'expired']),
  matchers: z.array(z.string()),
  starts_at: time,
  ends_at: time,
  created_at: time,
  created_by: z.string(),
  comment: z.string(),
});
export type SilenceAnswer = z.infer<typeof silenceAnswer>;

export const silenceParameters = z.object({
  id: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be the id of a silence')
    .meta({ description: 'Id of the silence.' }),
});

export const silenceQuery = z.strictObject({
  state: z
    .enum(['pending', 'active', 'expired'], 'must be pending, active or expired')
    .optional()
    .meta({ description: 'Only those. Default: all; expired ones are listed for a day.' }),
});

const reading = { 503: { description: 'Silences that others wrote are still being read.' } };

export const silenceRoutes = [
  {
    method: 'get',
    path: '/api/v1/silences',
    summary: 'Silences, those that end first before the others.',
    role: 'viewer',
    query: silenceQuery,
    answers: { 200: { description: 'The silences of the mesh.', schema: z.array(silenceAnswer) }, ...reading },
  },
  {
    method: 'post',
    path: '/api/v1/silences',
    summary: 'Silences alerts for some time.',
    role: 'admin',
    body: silenceBody,
    answers: {
      201: { description: 'It is on the bus.', schema: silenceAnswer },
      503: { description: 'The bus did not take it.' },
    },
  },
  {
    method: 'delete',
    path: '/api/v1/silences/{id}',
    summary: 'Ends a silence now.',
    role: 'admin',
    parameters: silenceParameters,
    answers: { 204: { description: 'It is gone.' }, 404: { description: 'There is none of this id.' }, ...reading },
  },
] as const satisfies readonly Route[];
