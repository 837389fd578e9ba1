import { z } from 'zod';
import { count, labels, metricName, text, time, version, identity } from './fields.js';

/** A change of an alert: value of `evt.alert.v1`, key = its fingerprint. Written before any notification goes out. */
export const alertRecord = z
  .object({
    v: version,
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{16,64}$/)
      .meta({
        description: "Hex digits over the rule's name and the labels: the alert's identity and the record's key.",
      }),
    name: metricName.meta({ description: 'Name of the rule, such as DatabaseConnectionPoolExhaustion.' }),
    state: z
      .enum(['pending', 'firing', 'resolved'])
      .meta({ description: 'What it is now. Only firing and resolved are notified.' }),
    severity: z
      .enum(['info', 'warning', 'critical'])
      .meta({ description: 'How bad; it may rise and fall while the alert fires.' }),
    labels: labels.meta({ description: 'Labels of the alert: what it is about, with its name as `alertname`.' }),
    annotations: z
      .record(z.string(), text(8_192))
      .meta({ description: 'Texts for people: summary, description, runbook_url.' }),
    startsAt: time.meta({ description: 'Since when the condition has held, ms since 1970 UTC.' }),
    endsAt: time.optional().meta({ description: 'Since when it has not, ms since 1970 UTC. Only when resolved.' }),
    value: z
      .number()
      .optional()
      .meta({ description: 'The value that decided, in the unit of the rule. Absent: there was no data.' }),
    ruleVersion: identity.meta({ description: 'Version of the rule, a hash of its text.' }),
    time: time.meta({ description: 'When it was decided, in the time of the measurements, ms since 1970 UTC.' }),
    replayed: z
      .boolean()
      .optional()
      .meta({ description: 'True: decided while a backlog was read; receivers tell it in a summary.' }),
    partition: count.optional().meta({
      description: 'Partition of the measurement topic in which its series lie; whoever owns it judges the alert.',
    }),
    offset: z
      .int()
      .gte(-1)
      .optional()
      .meta({ description: 'Offset in that partition of the newest record that was known when it was decided.' }),
    heldSince: z
      .object({ info: time.optional(), warning: time.optional(), critical: time.optional() })
      .optional()
      .meta({ description: 'Since when each severity has held: what who judges the alert next goes on from.' }),
    reason: text(1_024).optional().meta({
      description: 'Why it is resolved when the condition is not what ended it: the rule is gone or another.',
    }),
    neverFired: z.boolean().optional().meta({
      description: 'True on a resolved alert that was only pending: nobody was told of it, so nobody is told now.',
    }),
    flapping: z
      .boolean()
      .optional()
      .meta({ description: 'True: it comes and goes, and is told as firing until it is calm again.' }),
  })
  .refine(
    ({ state, endsAt }) => (state === 'resolved') === (endsAt !== undefined),
    'endsAt belongs to resolved alerts, and only to them',
  )
  .meta({ description: 'A transition of an alert.' });

export type AlertRecord = z.infer<typeof alertRecord>;
