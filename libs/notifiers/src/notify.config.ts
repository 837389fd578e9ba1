import { z } from 'zod';
import { receiverConfig } from './receiver.config.js';
import { matcherList } from './matchers.config.js';
import { maintenanceConfig } from './maintenance.config.js';

const labelNames = z
  .array(
    z
      .string()
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
      .meta({ expects: 'the name of a label' }),
  )
  .max(16);

/** Who is told of alerts, and of which: section `notify`. */
export const notifyConfig = z.object({
  externalUrl: z
    .url({ protocol: /^https?$/ })
    .meta({ expects: 'an http or https address' })
    .optional()
    .describe(
      'Where people find this mesh, such as https://mesh.example.com. Messages link to it; without it they have no links.',
    ),
  receivers: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/), receiverConfig)
    .meta({
      expects:
        'names of a-z, 0-9 and "-", each with a group whose type is log, webhook, alertmanager, slack, email or pagerduty',
    })
    .prefault({ log: { type: 'log' } })
    .describe(
      'Where alerts are told, by name. Each has its own pace: one that is slow or away holds up no other. Types: log, webhook, alertmanager, slack, email, pagerduty. Without any, the log of the process tells them.',
    ),
  inhibit: z
    .array(
      z.object({
        source: matcherList().describe('What the alert that speaks for the others looks like.'),
        target: matcherList().describe('Which alerts are not told while it fires.'),
        equal: labelNames.default([]).describe('Labels that both must have with the same value.'),
      }),
    )
    .max(100)
    .prefault([])
    .describe(
      'Alerts that say nothing new while another one fires: source matchers, target matchers, labels that must be equal.',
    ),
  maintenance: maintenanceConfig
    .prefault([])
    .describe(
      'Times in which alerts that match are not told: once (start, end) or every week (weekdays, from, to, timeZone). What still fires afterwards is told then.',
    ),
});

export type NotifyConfig = z.infer<typeof notifyConfig>;
export type InhibitConfig = NotifyConfig['inhibit'][number];
