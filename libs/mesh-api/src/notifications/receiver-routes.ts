import { z } from 'zod';
import { time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

export const receiverAnswer = z.object({
  name: z.string(),
  type: z.string().meta({ examples: ['webhook'] }),
  state: z.enum(['working', 'failing', 'unknown']).meta({
    description: 'Of the newest message: working, failing; unknown when none has been sent yet.',
  }),
  leader: z.string().optional().meta({ description: 'The process that sends to it. Absent when none has told.' }),
  last_success: time.optional(),
  last_failure: time.optional(),
  error_code: z.string().optional().meta({ description: 'Why the newest message failed; the log says it in words.' }),
  waiting: z.int().nonnegative().meta({ description: 'Changes of alerts that are due and not told.' }),
  oldest_waiting_since: time.optional(),
});
export type ReceiverAnswer = z.infer<typeof receiverAnswer>;

export const testAnswer = z.object({
  receiver: z.string(),
  sent: z.boolean(),
  duration_seconds: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type TestAnswer = z.infer<typeof testAnswer>;

export const receiverParameters = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be the name of a receiver')
    .meta({ description: 'Name of the receiver.' }),
});

export const receiverRoutes = [
  {
    method: 'get',
    path: '/api/v1/receivers',
    summary: 'Where alerts are told, and how that goes.',
    role: 'viewer',
    answers: { 200: { description: 'The receivers of the configuration.', schema: z.array(receiverAnswer) } },
  },
  {
    method: 'post',
    path: '/api/v1/receivers/{id}/test',
    summary: 'Sends a test message, from the replica that is asked.',
    role: 'admin',
    parameters: receiverParameters,
    answers: {
      200: { description: 'It has arrived.', schema: testAnswer },
      404: { description: 'There is no receiver of this name.' },
      502: { description: 'It was sent and not taken; the answer says why.', schema: testAnswer },
    },
  },
] as const satisfies readonly Route[];
