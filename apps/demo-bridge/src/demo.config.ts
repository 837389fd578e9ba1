import { brokerList, duration, Secret } from '@omninode/service-kit';
import { z } from 'zod';
import { incidentNames } from './incidents/incident-names.js';

/** What the demo's service can be told: section `demo`. The short flags are in `short-flags.ts`. */
export const demoConfig = z.object({
  database: address('postgres://user@host:5432/database', ['postgres', 'postgresql']).describe(
    'The PostgreSQL that keeps the hooks. Short: --database, or --database-file with a file that holds it.',
  ),
  redis: address('redis://host:6379', ['redis', 'rediss'])
    .optional()
    .describe('The Redis behind the cache. Without it the cache is in this process only. Short: --redis.'),
  kafka: brokerList()
    .optional()
    .describe('The Kafka that hooks go to. Without it they are stored and processed at once. Short: --kafka.'),
  mesh: z.object({
    url: address('http://host:8080', ['http', 'https'])
      .optional()
      .describe('Where the mesh takes measurements by HTTP. Short: --mesh-http.'),
    token: z
      .string()
      .min(1)
      .transform((token) => new Secret(token))
      .optional()
      .describe('The token that the mesh asks for. Short: --mesh-token-file, with the file that holds it.'),
    brokers: brokerList()
      .optional()
      .describe('The Kafka that carries the mesh, instead of its address. Short: --mesh-brokers.'),
  }),
  poolSize: z.number().int().min(2).max(100).default(10).describe('Most connections to PostgreSQL.'),
  requestsPerSecond: z.number().min(0).max(500).default(5).describe('How many requests it makes to itself. 0: none.'),
  seed: z.number().int().min(0).default(1).describe('The same seed gives the same requests and the same incidents.'),
  firstIncident: duration({ min: '1s', max: '1h' }).prefault('20s').describe('When the first incident begins.'),
  incidentPause: duration({ min: '1s', max: '1d' })
    .prefault('30s')
    .describe('How long all is well between two incidents.'),
  incidentLasts: duration({ min: '1s', max: '1h' })
    .prefault('20s')
    .describe('How long the dependency fails, and how long the pool is exhausted.'),
  incident: z.enum(incidentNames).optional().describe('This incident begins at once. Short: --incident.'),
  quiet: z
    .boolean()
    .default(false)
    .describe('Whether nothing goes wrong but what `incident` says. Short: --quiet, without a value.'),
});

export type DemoConfig = z.infer<typeof demoConfig>;

/** An address that may hold a password, and is shown to nobody. */
function address(form: string, schemes: readonly string[]) {
  return z
    .string()
    .superRefine((text, context) => {
      const scheme = /^([a-z]+):\/\/[^/\s]/i.exec(text)?.[1]?.toLowerCase() ?? '';
      if (schemes.includes(scheme) && URL.canParse(text)) return;
      context.addIssue({ code: 'custom', message: `is not of the form ${form}` });
    })
    .transform((text) => new Secret(text))
    .meta({ expects: `an address of the form ${form}` });
}
