import { z } from 'zod';
import { duration } from './duration.js';
import { size } from './size.js';
import { targetsConfig } from './targets.js';
import type { TargetOptions } from './targets.js';

/** What every process of the mesh can be told. */
export function serviceSections(targetOptions: TargetOptions = {}) {
  return {
    http: httpConfig,
    log: logConfig,
    data: dataConfig,
    shutdown: shutdownConfig,
    targets: targetsConfig(targetOptions),
  };
}

export const httpConfig = z.object({
  port: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8080)
    .describe('Where this process answers HTTP. 0 lets the system choose.'),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('The address to listen on; 0.0.0.0 is every address of the machine.'),
  bodyLimit: size({ min: '1KiB', max: '64MiB' }).prefault('1MiB').describe('The largest request body that is read.'),
  requestTimeout: duration({ min: '1s', max: '10m' })
    .prefault('30s')
    .describe('How long a client may take to send its request.'),
  keepAliveTimeout: duration({ min: '100ms', max: '10m' })
    .prefault('5s')
    .describe('How long an idle connection is kept open.'),
});

export const logConfig = z.object({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe lines that are written.'),
  format: z
    .enum(['json', 'pretty'])
    .optional()
    .describe('json: one object a line; pretty: for people. Without it, pretty on a terminal and json elsewhere.'),
});

export const dataConfig = z.object({
  dir: z
    .string()
    .min(1)
    .default('.data')
    .describe('The folder for what must survive a restart. One process at a time uses it.'),
});

export const shutdownConfig = z.object({
  deadline: duration({ min: '100ms', max: '10m' })
    .prefault('8s')
    .describe(
      'How long an orderly stop may take before the process ends anyway and says what hung. Keep it below what the platform grants (compose: 10 s).',
    ),
  drainDelay: duration({ max: '5m' })
    .prefault('0s')
    .describe('How long /readyz answers 503 before intake stops, so that load balancers notice first.'),
});

/** `host:port` of Kafka brokers, from a YAML list or a text with commas. */
export function brokerList() {
  return z
    .array(
      z
        .string()
        .regex(/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/)
        .meta({ expects: 'host:port' }),
    )
    .min(1)
    .meta({ kind: 'brokers', expects: 'a list of host:port, such as kafka-1:9092,kafka-2:9092' });
}

/** The Kafka that carries the mesh; the transport's own section extends it. */
export const busConfig = z.object({
  brokers: brokerList()
    .optional()
    .describe('The Kafka brokers that carry the mesh. Without them there is no Kafka transport.'),
});

/** Names that belong to other processes of the mesh: one file and one environment can serve all, so they are no mistakes. */
export const sectionsElsewhere: readonly string[] = [
  'bus',
  'collectors.database',
  'collectors.kafka',
  'collectors.cache',
  'collectors.breaker',
  'aggregator',
  'api',
  'health',
  'alerts',
  'notify',
  'history',
  'tuner',
  'demo',
];
