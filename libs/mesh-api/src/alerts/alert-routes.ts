import { z } from 'zod';
import { labels, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{16,64}$/, 'must be the fingerprint of an alert: 16 to 64 hexadecimal digits')
  .meta({ description: 'Fingerprint of the alert.' });
const severity = z.enum(['info', 'warning', 'critical'], 'must be info, warning or critical');

export const alertsQuery = z.strictObject({
  state: z
    .enum(['pending', 'firing', 'resolved'], 'must be pending, firing or resolved')
    .optional()
    .meta({ description: 'Only those. Default: pending and firing.' }),
  severity: severity.optional().meta({ description: 'Only those of this severity.' }),
  name: z.string().max(200).optional().meta({ description: 'Only those of this rule.' }),
  label: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => (typeof given === 'string' ? [given] : given))
    .refine((given) => given.length <= 32 && given.every((each) => /^[a-zA-Z_]\w*=/.test(each)), 'must be label=value')
    .optional()
    .meta({ description: 'label=value that the alert must have; may be given several times.' }),
  limit: z.coerce
    .number('must be a number from 1 to 1000')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1_000, 'must be at most 1000')
    .default(200)
    .meta({ description: 'How many at most.' }),
});

export const alertAnswer = z.object({
  fingerprint,
  name: z.string(),
  state: z.enum(['pending', 'firing', 'resolved']),
  severity,
  labels,
  annotations: labels,
  value: z.number().optional().meta({ description: 'In the unit of the rule. Absent: there was no data.' }),
  starts_at: time,
  ends_at: time.optional(),
  changed_at: time.meta({ description: 'When the newest transition was decided, in the time of the measurements.' }),
  flapping: z.boolean(),
  replayed: z.boolean().meta({ description: 'Whether the newest transition was decided while a backlog was read.' }),
  reason: z.string().optional(),
  partition: z.number().optional(),
  rule_version: z.string(),
});
export type AlertAnswer = z.infer<typeof alertAnswer>;

export const alertsAnswer = z.object({
  total: z.number().meta({ description: 'How many there are of this kind; the list may be shorter.' }),
  alerts: z.array(alertAnswer),
});

export const explainParameters = z.object({ fingerprint });

export const explainAnswer = z.object({
  alert: alertAnswer.optional().meta({ description: 'The newest transition. Absent: it never was more than watched.' }),
  note: z.string().meta({ description: 'How much is known here, and who knows more. Empty: everything.' }),
  condition: z
    .enum(['inactive', 'pending', 'firing', 'keepFiring', 'noData', 'flapping'])
    .optional()
    .meta({ description: 'Absent where another replica judges the alert, as all that follows.' }),
  value: z.number().optional(),
  judged_at: time.optional(),
  active_since: time.optional(),
  signal: z.string().optional(),
  windows: z
    .array(
      z.object({
        metric: z.string(),
        series: z.number(),
        samples: z.number(),
        first_at: time.optional(),
        last_at: time.optional(),
      }),
    )
    .optional(),
  levels: z
    .array(
      z.object({
        severity,
        fire: z.string(),
        clear: z.string().optional(),
        holds: z.boolean(),
        since: time.optional(),
      }),
    )
    .optional(),
  missing: z.array(z.string()).optional().meta({ description: 'What would have to be for it to fire, or to end.' }),
  rule: z.object({ version: z.string(), file: z.string(), line: z.number() }).optional(),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;

export const alertRoutes = [
  {
    method: 'get',
    path: '/api/v1/alerts',
    summary: 'Alerts of the whole mesh, the most severe first.',
    role: 'viewer',
    query: alertsQuery,
    answers: {
      200: { description: 'Alerts as of their newest transition.', schema: alertsAnswer },
      503: { description: 'The alert topic is still being read.' },
    },
  },
  {
    method: 'get',
    path: '/api/v1/alerts/{fingerprint}/explain',
    summary: 'Why an alert is in its state, and what is missing for another.',
    role: 'viewer',
    parameters: explainParameters,
    answers: {
      200: {
        description: 'Exact where this replica judges the alert; else its newest transition and who judges it.',
        schema: explainAnswer,
      },
      404: { description: 'There is no such alert.' },
    },
  },
] as const satisfies readonly Route[];
