import type { BusPublisher } from '@omninode/contracts';

export interface PublisherOptions {
  readonly bus: BusPublisher;
  /** The measurement topic: `topicNames().measurement`. */
  readonly topic: string;
  /** ms since 1970 UTC. Default: the system's clock. */
  now?(): number;
  /** From 0 to below 1; spreads retries. Default: `Math.random`. */
  random?(): number;
  /** What the bus acknowledged, record by record: the producer's own log, against which fault tests judge. */
  onAcknowledged?(record: AcknowledgedRecord): void;
  /** Called when the bus or the spool begins to fail, and for each record that the bus refuses. For the log. */
  onProblem?(error: unknown): void;

  /** Series of one producer; what is over is refused: `series` answers −1, and values for −1 are ignored. Both are counted. Default 20 000. */
  readonly maxSeries?: number;
  /** A larger data or event record is split, bytes. Default 512 KiB. */
  readonly maxRecordBytes?: number;
  /** The dictionary is sent again with the first data after this, ms. Default 60 000, the time that readers go back. */
  readonly dictionaryIntervalMs?: number;

  /** How long a record waits for company, ms. Default 50. */
  readonly lingerMs?: number;
  /** Default 500. */
  readonly maxBatchRecords?: number;
  /** Default 768 KiB: below what Kafka takes in one request for a partition. */
  readonly maxBatchBytes?: number;
  /** Records in memory that the bus has not acknowledged, bytes. Above half of it they go to the spool. Default 32 MiB. */
  readonly maxMemoryBytes?: number;
  /** Longest that one publish may take, ms. Default 30 000. */
  readonly publishTimeoutMs?: number;
  /** Pause after the first failure, ms; it doubles with each. Default 100. */
  readonly firstPauseMs?: number;
  /** Default 10 000. */
  readonly maxPauseMs?: number;
  /** When the bus took nothing for this long, what waits goes to the spool, ms. Default 5 000. */
  readonly spoolAfterMs?: number;
  /** Where records wait on disk when the bus does not take them. Absent: they wait in memory only. */
  readonly spool?: SpoolSettings;
  /** After a failed write the spool is left alone for this long, ms. Default 1 000. */
  readonly spoolRetryMs?: number;
}

export interface SpoolSettings {
  /** `<data>/spool`: each process takes a numbered folder in it, and adopts those of processes that died. */
  readonly directory: string;
  /** Most that the process keeps on disk, bytes; beyond it the oldest records are dropped and counted. Default 256 MiB. */
  readonly maxBytes?: number;
  /** How often it looks for spools of dead processes, ms. Default 60 000. */
  readonly adoptIntervalMs?: number;
}

export interface AcknowledgedRecord {
  readonly producer: string;
  readonly incarnation: number;
  readonly sequence: number;
  /** Values in it. */
  readonly points: number;
}

type Optional = 'onAcknowledged' | 'onProblem' | 'spool';
export type Settings = Required<Omit<PublisherOptions, Optional>> & Pick<PublisherOptions, Optional>;

export function settingsOf(options: PublisherOptions): Settings {
  // An option that is `undefined` is one that was not given.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaults, ...(given as unknown as PublisherOptions) };
}

const defaults = {
  now: Date.now,
  random: Math.random,
  maxSeries: 20_000,
  maxRecordBytes: 512 * 1024,
  dictionaryIntervalMs: 60_000,
  lingerMs: 50,
  maxBatchRecords: 500,
  maxBatchBytes: 768 * 1024,
  maxMemoryBytes: 32 * 1024 * 1024,
  publishTimeoutMs: 30_000,
  firstPauseMs: 100,
  maxPauseMs: 10_000,
  spoolAfterMs: 5_000,
  spoolRetryMs: 1_000,
} satisfies Partial<PublisherOptions>;
