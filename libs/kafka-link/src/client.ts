import type { ConnectionOptions } from 'node:tls';
import kafkajs, { type Kafka, type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import { endConnectionsThatDoNotAnswer } from './request-timeout.js';
import { calmRequestQueues } from './timer-override.js';
import { registerZstd } from './zstd.js';

export type Compression = 'zstd' | 'gzip' | 'none';

/** kafkajs' numbers of the codecs that this lib brings or kafkajs has. */
export const compressionTypes = {
  zstd: kafkajs.CompressionTypes.ZSTD,
  gzip: kafkajs.CompressionTypes.GZIP,
  none: kafkajs.CompressionTypes.None,
} as const;

/** How to reach one Kafka cluster. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  /** Shows in the brokers' logs and quotas. */
  readonly clientId: string;
  /** TLS with Node's options; `true`: TLS with the system's authorities. Absent: plain. */
  readonly tls?: ConnectionOptions | true;
  readonly sasl?: SASLOptions;
  /** Default 5 s: kafkajs' own 1 s is too short for TLS across zones. */
  readonly connectTimeoutMs?: number;
  /** After this a connection counts as dead. Default 10 s: a little more than a broker takes to notice that another is gone. */
  readonly requestTimeoutMs?: number;
  /** What kafkajs has to say, at debug level: our own code reports what matters. */
  log?(entry: {
    readonly level: string;
    readonly message: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }): void;
}

/**
 * A kafkajs client with the settings that survive a failover. The default of 5 retries gives up after about 9 s, while a
 * leader election may take 11 s, so there are more; the callers bound the whole with their own deadlines. `sockets`: how
 * connections are made and bounded, for callers that end them themselves.
 */
export function kafkaClient(
  connection: KafkaConnection,
  sockets: Pick<KafkaConfig, 'socketFactory' | 'enforceRequestTimeout'> = {},
): Kafka {
  calmRequestQueues();
  endConnectionsThatDoNotAnswer();
  registerZstd();
  const { log } = connection;
  return new kafkajs.Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ...(connection.tls === undefined ? {} : { ssl: connection.tls }),
    ...(connection.sasl === undefined ? {} : { sasl: connection.sasl }),
    connectionTimeout: connection.connectTimeoutMs ?? 5_000,
    requestTimeout: connection.requestTimeoutMs ?? 10_000,
    retry: { initialRetryTime: 200, maxRetryTime: 2_000, retries: 20 },
    logLevel: log ? kafkajs.logLevel.INFO : kafkajs.logLevel.NOTHING,
    ...(log ? { logCreator: () => (entry: LogEntry) => forward(log, entry) } : {}),
    ...sockets,
  });
}

function forward(
  log: NonNullable<KafkaConnection['log']>,
  { label, log: { message, timestamp: _timestamp, logger: _logger, ...fields } }: LogEntry,
): void {
  log({ level: label.toLowerCase(), message, fields });
}
