import { duration, size } from '@omninode/service-kit';
import { z } from 'zod';
import { platformConfig } from './platform/platform.config.js';

/** What the breaker collector can be told: section `collectors.breaker`. */
export const breakerConfig = z.object({
  interval: duration({ min: '1s', max: '2m' }).prefault('10s').describe('How often each page is read.'),
  answerTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long a page may take, from the first byte of the request to the last of the answer.'),
  maxAnswer: size({ min: '64KiB', max: '256MiB' })
    .prefault('8MiB')
    .describe('The largest answer that is read, unpacked. A bigger one is given up.'),
  secretsFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one file per secret. Announced targets name the files that hold their password or token; it is sent only to the hosts that <file>.hosts beside it names, one a line.',
    ),
  platform: platformConfig,
});

export type BreakerConfig = z.infer<typeof breakerConfig>;
