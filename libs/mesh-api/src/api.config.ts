import { duration, secret, size } from '@omninode/service-kit';
import { z } from 'zod';
import { proxyConfig } from './access/proxy.config.js';
import { tokenForm } from './intake/token.js';

/** What the HTTP API can be told: section `api`. */
export const apiConfig = z.object({
  token: token()
    .optional()
    .describe(
      'The token that whoever sends measurements over HTTP must show. Without this and tokensFolder none is asked for, and the process listens on loopback only.',
    ),
  tokensFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one token a file, each named by its file: NAME.viewer opens reading, NAME.admin everything, any other sends measurements and follows the commands for the service of its name. Files may come, change and go while the process runs.',
    ),
  access: z
    .enum(['open', 'token', 'proxy'])
    .optional()
    .describe(
      'Who may read: open, everybody; token, who shows the token of a viewer or admin; proxy, also whom api.proxy names. Without it: open where the process listens on loopback only, else token. Changes are open on loopback only, and only while there is no admin token.',
    ),
  adminToken: token().optional().describe('The token of who may read and change everything.'),
  viewerToken: token().optional().describe('The token of who may read.'),
  publicPages: z
    .boolean()
    .default(true)
    .describe('Whether /health and /metrics are open to everybody, whatever api.access says. /livez and /readyz are.'),
  proxy: proxyConfig.prefault({}),
  concurrentRequests: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(64)
    .describe('Requests of one sort (reading, changing, pages of metrics) that are answered at once; others get 429.'),
  concurrentStreams: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('Clients that may follow /api/v1/stream at once; others get 429.'),
  responseTimeout: duration({ min: '1s', max: '10m' })
    .prefault('1m')
    .describe('How long a client may take to fetch an answer, streams apart, before its connection is cut.'),
  publishTimeout: duration({ min: '100ms', max: '5m' })
    .prefault('5s')
    .describe('How long the bus may take to acknowledge measurements that came over HTTP.'),
  pendingLimit: size({ min: '1MiB', max: '4GiB' })
    .prefault('64MiB')
    .describe('Measurements from HTTP that may wait for the bus; above that senders are asked to come back later.'),
});

function token() {
  return secret().superRefine((value, context) => {
    if (!tokenForm.pattern.test(value.reveal()))
      context.addIssue({ code: 'custom', message: `must be ${tokenForm.expects}` });
  });
}

export type ApiConfig = z.infer<typeof apiConfig>;
