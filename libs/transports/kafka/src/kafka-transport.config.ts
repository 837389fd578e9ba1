import { readFileSync } from 'node:fs';
import type { KafkaConnection } from '@omninode/kafka-link';
import { brokerList, secret } from '@omninode/service-kit';
import { z } from 'zod';

/** The Kafka that carries the mesh: section `bus`. */
export const kafkaBusConfig = z.object({
  brokers: brokerList().describe('The Kafka brokers that carry the mesh.'),
  partitions: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe(
      'Partitions of topics that are made anew: how far aggregators and collectors scale out. Never changed afterwards.',
    ),
  compression: z
    .enum(['zstd', 'gzip', 'none'])
    .default('zstd')
    .describe('gzip for readers of the topics that know no zstd.'),
  tls: z.object({
    enabled: z.boolean().default(false).describe('Whether connections to the brokers are encrypted.'),
    ca: z
      .string()
      .min(1)
      .optional()
      .describe("A PEM file with the authority that signed the brokers. Without it, the system's."),
  }),
  sasl: z.object({
    mechanism: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
      .default('scram-sha-512')
      .describe('How the user logs in, where there is one.'),
    username: z.string().min(1).optional().describe('Who logs in to the brokers. Without it nobody does.'),
    password: secret().optional().describe('The password of the user.'),
  }),
});

export type KafkaBusConfig = z.infer<typeof kafkaBusConfig>;

/** How to reach the configured brokers. Throws when the authority's file can't be read. */
export function connectionOf({ brokers, tls, sasl }: KafkaBusConfig, clientId: string): KafkaConnection {
  const { mechanism, username, password } = sasl;
  return {
    brokers,
    clientId,
    ...(tls.enabled && { tls: tls.ca === undefined ? true : { ca: [readFileSync(tls.ca, 'utf8')] } }),
    ...(username !== undefined && {
      sasl: { mechanism, username, password: password?.reveal() ?? '' } as KafkaConnection['sasl'],
    }),
  };
}
