import { duration, size } from '@omninode/service-kit';
import { z } from 'zod';

/** What the database collector can be told: section `collectors.database`. */
export const databaseConfig = z.object({
  fastInterval: duration({ min: '1s', max: '10m' })
    .prefault('10s')
    .describe('How often availability, sessions, locks, replication and database statistics are read.'),
  mediumInterval: duration({ min: '5s', max: '1h' })
    .prefault('1m')
    .describe('How often statements, WAL, checkpoints and slots are read.'),
  slowInterval: duration({ min: '1m', max: '1d' })
    .prefault('2m')
    .describe(
      'How often sizes, tables and ages are read. A series is hidden when aggregator.seriesExpiry passes without it.',
    ),
  connectTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long a connect may take, login and first answer included.'),
  statementTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('4s')
    .describe('After this the server itself ends a statement of ours; a second later its connection is ended.'),
  lockTimeout: duration({ min: '10ms', max: '500ms' })
    .prefault('500ms')
    .describe('How long a statement of ours waits for a lock, so that it is never what others wait for.'),
  maxConnectionAge: duration({ min: '10s', max: '1d' })
    .prefault('10m')
    .describe('After this a connection is made anew, so that a login that was taken away shows.'),
  poolTimeout: duration({ min: '50ms', max: '2s' })
    .prefault('1s')
    .describe('How long a service may take to tell of its connection pool.'),
  poolAnswerLimit: size({ min: '1KiB', max: '16MiB' })
    .prefault('64KiB')
    .describe('How long that answer may be; the rest is not read.'),
  secretsFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one file per secret. Announced targets name the file that holds their password; it is sent only to the hosts that <file>.hosts beside it names, one a line.',
    ),
});

export type DatabaseConfig = z.infer<typeof databaseConfig>;
