import { z } from 'zod';
import { readCondition } from './condition.js';
import { durationMs } from './duration.js';
import { noDataVerdicts, severities, windowFunctions } from './rule.js';

/** The form of a rule file. What it says of each field is what the reference and the messages say. */

const duration = z
  .string({ error: 'write a duration with its unit, such as 15s or 5m' })
  .refine((text) => durationMs(text) !== undefined, 'write a duration with its unit, such as 15s or 5m')
  .transform((text) => durationMs(text)!);
const condition = z
  .string({ error: 'write a comparison with a number, such as "> 0.9"' })
  .refine((text) => readCondition(text) !== undefined, 'write a comparison with a number, such as "> 0.9"')
  .transform((text) => readCondition(text)!);
const labelName = z.string().regex(/^(?!__|(?:le|job|instance|alertname|severity)$)[a-zA-Z_][a-zA-Z0-9_]*$/, {
  error: 'is no name for a label: letters, digits and _; not le, job, instance, alertname or severity',
});
const texts = z.union([z.string(), z.array(z.string()).min(1)], { error: 'write a text or a list of texts' });
const where = z.record(
  labelName,
  z.union([texts, z.strictObject({ not: texts })], { error: 'write a text, a list of texts, or { not: … }' }),
);
const labels = z.record(labelName, z.string().max(1_024));
const count = z.int().min(0);

const level = z.strictObject({ fire: condition, clear: condition.optional() });
const noData = z.strictObject({ after: duration, as: z.enum(noDataVerdicts) });
const flap = z.strictObject({ over: duration, high: z.int().min(2), low: z.int().min(0) });

const test = z.strictObject({
  name: z.string().min(1),
  interval: duration.prefault('15s'),
  series: z
    .array(
      z.strictObject({
        metric: z.string().optional(),
        labels: z.record(z.string(), z.string()).default({}),
        values: z.string(),
        each: z.int().min(1).default(1),
      }),
    )
    .min(1),
  expect: z
    .array(
      z.strictObject({
        at: duration,
        state: z.enum(['inactive', 'pending', 'firing']),
        severity: z.enum(severities).optional(),
        labels: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

/** What a rule may leave to `defaults`. */
const habits = {
  for: duration.optional(),
  keepFiringFor: duration.optional(),
  minSamples: count.optional(),
  noData: noData.optional(),
  flap: flap.optional(),
  maxInstances: z.int().min(1).max(10_000).optional(),
  labels: labels.optional(),
};

const rule = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,199}$/, { error: 'is no name for a rule: letters, digits and _' }),
  signal: z.strictObject({
    metric: z.string(),
    where: where.optional(),
    per: z.string().optional(),
    perWhere: where.optional(),
    op: z.enum(['value', 'ratio']).optional(),
    by: z.array(labelName).default([]),
    minVolume: z.number().min(0).default(0),
  }),
  window: z.strictObject({
    fn: z.enum(windowFunctions),
    over: duration.prefault('5m'),
    q: z.number().gt(0).lt(1).optional(),
  }),
  levels: z
    .strictObject({ info: level.optional(), warning: level.optional(), critical: level.optional() })
    .refine((all) => Object.values(all).some(Boolean), 'name at least one level'),
  ...habits,
  dependsOn: z.array(z.string()).default([]),
  annotations: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string().max(4_096)).default({}),
  runbook: z.strictObject({ meaning: z.string(), look: z.string(), do: z.string() }).optional(),
  tests: z.array(test).default([]),
});

const ownMetric = z.strictObject({
  kind: z.enum(['gauge', 'counter', 'histogram', 'exponential']),
  unit: z.string().default(''),
  labels: z.array(z.string()).default([]),
  entityLabels: z.array(z.string()).default([]),
});

export const ruleFile = z.strictObject({
  apiVersion: z.literal('omninode/v1', { error: 'write omninode/v1' }),
  kind: z.literal('RuleSet', { error: 'write RuleSet' }),
  /** Metrics that are not ours: whoever writes rules on them says here what they are. */
  metrics: z.record(z.string(), ownMetric).default({}),
  defaults: z.strictObject(habits).default({}),
  rules: z.array(rule).default([]),
});

export type RuleFileForm = z.infer<typeof ruleFile>;
export type RuleForm = RuleFileForm['rules'][number];
