import { z } from 'zod';
import { labels, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';
import { alertAnswer } from './alert-routes.js';

const problem = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  path: z.string(),
  problem: z.string(),
  suggestion: z.string().optional(),
});

const rule = z.object({
  name: z.string(),
  version: z.string().meta({ description: 'A hash of all that decides or is told.' }),
  file: z.string(),
  line: z.number(),
  signal: z.string(),
  levels: z.array(z.object({ severity: z.string(), fire: z.string(), clear: z.string().optional() })),
  for_seconds: z.number(),
  by: z.array(z.string()),
  labels,
  runbook_url: z.string().optional(),
});

export const rulesAnswer = z.object({
  loaded_at: time.optional().meta({ description: 'When the rules in force came into force.' }),
  read_at: time.optional().meta({ description: 'When the files were read last.' }),
  problems: z
    .array(problem)
    .meta({ description: 'Mistakes found then. While there are any, the rules before stay in force.' }),
  rules: z.array(rule),
});
export type RulesAnswer = z.infer<typeof rulesAnswer>;

export const dryRunBody = z
  .strictObject({
    rules: z.string().min(1).max(1_000_000).meta({ description: 'The text of a rule file.' }),
    hours: z
      .number()
      .gt(0)
      .max(168)
      .default(1)
      .meta({ description: 'How far back, h; no further than the bus keeps.' }),
  })
  .meta({ description: 'Rules to try on the measurements that are still on the bus.' });

export const dryRunAnswer = z.object({
  records: z.number().meta({ description: 'Measurement records that were played.' }),
  from: time.optional(),
  to: time.optional(),
  cut_short: z.string().optional().meta({ description: 'Why it ended early. Absent: it did not.' }),
  count: z.number().meta({ description: 'Transitions; the list has the first ones.' }),
  transitions: z.array(alertAnswer),
});
export type DryRunAnswer = z.infer<typeof dryRunAnswer>;

export const rulesRefused = z.object({
  error: z.object({ code: z.string(), message: z.string(), problems: z.array(problem) }),
});
export type RulesRefused = z.infer<typeof rulesRefused>;

export const runbookParameters = z.object({
  rule: z
    .string()
    .regex(/^\w{1,200}$/, 'must be the name of a rule')
    .meta({ description: 'Name of the rule.' }),
});

export const ruleRoutes = [
  {
    method: 'get',
    path: '/api/v1/rules',
    summary: 'The rules in force, where they come from, and mistakes in their files.',
    role: 'viewer',
    answers: { 200: { description: 'Rules of this replica.', schema: rulesAnswer } },
  },
  {
    method: 'post',
    path: '/api/v1/rules/dry-run',
    summary: 'What rules would have told of the measurements that are still on the bus. Changes nothing.',
    role: 'admin',
    body: dryRunBody,
    answers: {
      200: { description: 'The transitions, in their order.', schema: dryRunAnswer },
      400: { description: 'The rules have mistakes.', schema: rulesRefused },
      503: { description: 'The bus can not be read.' },
    },
  },
  {
    method: 'get',
    path: '/api/v1/runbooks/{rule}',
    summary: 'What an alert means and what to do.',
    role: 'viewer',
    parameters: runbookParameters,
    answers: {
      200: { description: 'Markdown.', contentType: 'text/markdown; charset=utf-8' },
      404: { description: 'There is no such rule.' },
    },
  },
] as const satisfies readonly Route[];
