import { duration, size } from '@omninode/service-kit';
import { z } from 'zod';

/** What the cache collector can be told: section `collectors.cache`. */
export const cacheConfig = z.object({
  interval: duration({ min: '1s', max: '10m' })
    .prefault('10s')
    .describe('How often a cache is read. A Redis answers one INFO and one SLOWLOG GET each time.'),
  connectTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long a connect may take, login included.'),
  answerTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long an answer may take; after this its connection is ended.'),
  answerLimit: size({ min: '1KiB', max: '64MiB' })
    .prefault('1MiB')
    .describe('How long the JSON of an application cache may be; the rest is not read.'),
  refusalPause: duration({ min: '1s', max: '1h' })
    .prefault('1m')
    .describe('How long a command that the ACL of a Redis refuses is not tried again.'),
  maxConnectionAge: duration({ min: '10s', max: '1d' })
    .prefault('10m')
    .describe('After this a connection is made anew, so that a login that was taken away shows.'),
  secretsFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one file per secret. Announced targets name the files of their password, token and certificates; password and token are sent only to the hosts that <file>.hosts beside them names, one a line.',
    ),
});

export type CacheConfig = z.infer<typeof cacheConfig>;
