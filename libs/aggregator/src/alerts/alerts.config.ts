import { duration } from '@omninode/service-kit';
import { z } from 'zod';

/** What alerting can be told: section `alerts`. */
export const alertsConfig = z.object({
  shippedRules: z.boolean().default(true).describe('Whether the rules that come with the product are in force.'),
  rulesFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with rule files (*.yaml) of your own. They are read again when they change; while one has mistakes, the rules before stay in force.',
    ),
  reloadEvery: duration({ min: '500ms', max: '10m' })
    .prefault('5s')
    .describe('How often the rule files are looked at for changes.'),
  replayedAfter: duration({ min: '10s', max: '1h' })
    .prefault('3m')
    .describe('What is decided of measurements older than this is told as replayed, in summaries only.'),
  instancesPerPartition: z
    .number()
    .int()
    .min(100)
    .max(200_000)
    .default(20_000)
    .describe('Alerts, firing or not, that one partition may watch; the rest is refused and counted.'),
  runbooksUrl: z
    .string()
    .default('http://localhost:8080/api/v1/runbooks/')
    .describe(
      'Where runbooks are read: the name of the rule is put behind it. This service serves those of its rules.',
    ),
});

export type AlertsConfig = z.infer<typeof alertsConfig>;
