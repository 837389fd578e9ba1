import { tmpdir } from 'node:os';
import { expect } from 'vitest';
import { z } from 'zod';
import type { CodedError } from '@omninode/contracts';
import { duration } from '../configuration/duration.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { secret } from '../configuration/secret.js';
import { brokerList } from '../configuration/service-config.js';
import { size } from '../configuration/size.js';
import { configurationFile } from './configuration-file.js';

/** Settings of each kind to be wrong about. */
const mistakenSections = {
  cache: z.object({
    enabled: z.boolean().default(true).describe('Whether it is used.'),
    entries: z.number().int().min(1).max(9).default(5).describe('How many entries are kept.'),
    ratio: z.number().default(0.5).describe('A share.'),
    memory: size({ min: '1MiB' }).prefault('64MiB').describe('How much it may hold.'),
    flushEvery: duration({ min: '1s', max: '5m' }).prefault('15s').describe('How often it is written.'),
    password: secret().optional().describe('What the server wants.'),
  }),
  bus: z.object({ brokers: brokerList().optional().describe('Kafka brokers.') }),
};

/** The lines that a person sees, with FILE for the configuration file. */
export function mistakes(
  given: { env?: Record<string, string>; argv?: string[]; yaml?: string },
  wanted = mistakenSections as Record<string, z.ZodType>,
): string[] {
  const file = given.yaml === undefined ? undefined : configurationFile(given.yaml);
  try {
    loadConfiguration({
      sections: wanted,
      argv: given.argv ?? [],
      env: { ...given.env, ...(file && { OMNINODE_CONFIG: file }) },
      cwd: tmpdir(),
    });
  } catch (error) {
    const { code, phase, fields } = error as CodedError;
    expect([code, phase]).toEqual(['CONFIGURATION_INVALID', 'configuration']);
    return String(fields.problems)
      .replaceAll(file ?? 'FILE', 'FILE')
      .split('\n');
  }
  return [];
}
