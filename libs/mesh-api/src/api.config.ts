import { duration, secret, size } from '@omninode/service-kit';
import { z } from 'zod';
import { tokenForm } from './intake/token.js';

/** What the HTTP API can be told: section `api`. */
export const apiConfig = z.object({
  token: secret()
    .superRefine((token, context) => {
      if (!tokenForm.pattern.test(token.reveal()))
        context.addIssue({ code: 'custom', message: `must be ${tokenForm.expects}` });
    })
    .optional()
    .describe(
      'The token that whoever sends measurements over HTTP must show. Without this and tokensFolder none is asked for, and the process listens on loopback only.',
    ),
  tokensFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one token a file, each named by its file. Files may come, change and go while the process runs.',
    ),
  publishTimeout: duration({ min: '100ms', max: '5m' })
    .prefault('5s')
    .describe('How long the bus may take to acknowledge measurements that came over HTTP.'),
  pendingLimit: size({ min: '1MiB', max: '4GiB' })
    .prefault('64MiB')
    .describe('Measurements from HTTP that may wait for the bus; above that senders are asked to come back later.'),
});

export type ApiConfig = z.infer<typeof apiConfig>;
