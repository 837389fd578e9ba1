import { duration } from '@omninode/service-kit';
import { z } from 'zod';
import { isPattern } from './selection/pattern.js';

const pattern = z
  .string()
  .min(1)
  .refine(isPattern)
  .meta({ expects: 'regular expressions, each found anywhere in a name unless it begins with ^ and ends in $' });

/** What the Kafka collector can be told: section `collectors.kafka`. */
export const kafkaConfig = z.object({
  fastInterval: duration({ min: '1s', max: '10m' })
    .prefault('10s')
    .describe('How often brokers, controllers and partitions are looked at.'),
  mediumInterval: duration({ min: '1s', max: '1h' })
    .prefault('30s')
    .describe('How often offsets of topics, groups and dead letters are read. Lag in seconds is as exact as this.'),
  slowInterval: duration({ min: '1m', max: '1d' }).prefault('10m').describe('How often the sizes of logs are read.'),
  connectTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long a connect may take, login and first answer included.'),
  requestTimeout: duration({ min: '100ms', max: '1m' })
    .prefault('3s')
    .describe('How long a broker may take to answer one request. A broker that takes longer is left out of the pass.'),
  maxConnectionAge: duration({ min: '10s', max: '1d' })
    .prefault('10m')
    .describe('After this connections are made anew, so that a login that was taken away shows.'),
  secretsFolder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A folder with one file per secret. Announced targets name the file that holds their password; it is sent only to the hosts that <file>.hosts beside it names, one a line.',
    ),
  topics: z.object({
    include: z.array(pattern).prefault([]).describe('Only topics with one of these patterns are watched; empty: all.'),
    exclude: z.array(pattern).prefault([]).describe('Topics with one of these patterns are not watched.'),
    internal: z
      .boolean()
      .default(false)
      .describe("Whether Kafka's own topics are watched too, such as __consumer_offsets."),
    max: z.number().int().min(1).max(10_000).default(1_000).describe('At most so many topics; the others are counted.'),
  }),
  groups: z.object({
    include: z.array(pattern).prefault([]).describe('Only groups with one of these patterns are watched; empty: all.'),
    exclude: z.array(pattern).prefault([]).describe('Groups with one of these patterns are not watched.'),
    internal: z
      .boolean()
      .default(false)
      .describe(
        'Whether groups of consoles, of Kafka itself and of our collectors, which never commit, are watched too.',
      ),
    max: z.number().int().min(1).max(5_000).default(500).describe('At most so many groups; the others are counted.'),
  }),
  deadLetters: z.object({
    patterns: z
      .array(pattern)
      .prefault([...deadLetterPatterns()])
      .describe(
        'Topics with one of these patterns hold dead letters. Write (?i) where upper and lower case are the same.',
      ),
    topics: z.array(z.string().min(1)).prefault([]).describe('Further topics that hold dead letters, by their names.'),
  }),
});

export type KafkaConfig = z.infer<typeof kafkaConfig>;

/**
 * How topics of dead letters are named: Spring's `orders.DLT` and `orders-dlt`, Connect's and others' `orders.dlq`, `dlq.orders`,
 * `orders-dead-letter`, and the platform's own forms: `<group>.dlq`, `onex.dlt.<name>.v1`, `omninode_codegen_dlq_<x>_v1`,
 * `onex.dlq.<producer>.<category>.v1`, `onex.evt.<producer>.<name>-dlq.v1`. The word has to stand by itself.
 */
function deadLetterPatterns(): readonly string[] {
  return ['(?i)(^|[._-])(dlq|dlt)([._-]|$)', '(?i)(^|[._-])dead[._-]?letters?([._-]|$)'];
}
