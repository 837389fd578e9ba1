import { z } from 'zod';
import { labels, seconds, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const pair = /^[a-zA-Z_][a-zA-Z0-9_]{0,127}=.{0,1024}$/s;
const pairOf = z.string().regex(pair, 'must be NAME=VALUE');

export const seriesQuery = z.strictObject({
  name: z.string().min(1).max(200).optional().meta({ description: 'What the name of the metric contains.' }),
  entity: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'The target or service that they belong to, exactly.' }),
  label: z
    .union([pairOf, z.array(pairOf).max(20)])
    .optional()
    .meta({ description: 'NAME=VALUE, exactly; may be given several times, all must fit.' }),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a whole number')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 1_000, 'must be 1 to 1000')
    .optional()
    .meta({ description: 'How many at most, 1 to 1000. Default 100.', examples: ['100'] }),
  after: z
    .string()
    .regex(/^\d{1,6}\.\d{1,9}$/, 'must be what next of the page before said')
    .optional()
    .meta({ description: 'Go on behind this: what `next` of the page before said.' }),
});
export type SeriesQuery = z.output<typeof seriesQuery>;

export const seriesAnswer = z.object({
  series: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['gauge', 'counter', 'histogram', 'exponential']),
      unit: z.string().meta({ description: 'Base unit of the value; empty where the producer said none.' }),
      help: z.string(),
      entity: z.string(),
      labels,
      partition: z.number().nullable(),
      value: z.number().nullable().meta({ description: 'The latest value; null for histograms.' }),
      histogram: z
        .object({ count: z.number(), sum: z.number() })
        .nullable()
        .meta({ description: 'How many values and their sum, in the unit; null for gauges and counters.' }),
      at: time.nullable().meta({ description: 'When it was taken; null: there is no value yet.' }),
      age_seconds: seconds.nullable(),
      expired: z.boolean().meta({ description: 'Nobody has sent it for so long that /metrics hides it.' }),
    }),
  ),
  next: z.string().nullable().meta({ description: 'Give this as `after` for more; null: there are no more.' }),
  covered: z
    .object({
      partitions: z.array(z.number()).meta({ description: 'Partitions that this replica owns and searched.' }),
      elsewhere: z.array(z.object({ partition: z.number(), owner: z.string(), as_of: time })),
    })
    .nullable()
    .meta({
      description:
        'null: this process does not say. Series lie with the owner of their partition: ask the owners of the others for theirs.',
    }),
});
export type SeriesAnswer = z.infer<typeof seriesAnswer>;

export const seriesRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/series',
    summary: 'Series that this replica holds, by name, entity and labels, each with its latest value and age.',
    role: 'viewer',
    query: seriesQuery,
    answers: { 200: { description: 'A page of them.', schema: seriesAnswer } },
  },
];
