import type { ManagedServer } from '../process/managed-server.js';
import type { PostgresServer } from '../postgres/postgres.js';
import type { Missing } from '../missing.js';
import type { Address } from './answers.js';

/** Something that `up` can start: one server or a few that belong together. */
export interface Service {
  readonly summary: string;
  /** Services that must be up first. */
  readonly needs: readonly ServiceName[];
  missing(): Missing | undefined;
  start(start: ServiceStart): Promise<StartedService>;
}

export const serviceNames = [
  'postgres',
  'postgres-17',
  'postgres-16',
  'postgres-15',
  'postgres-14',
  'postgres-debian-15',
  'replica',
  'pgbouncer',
  'redis',
  'kafka',
  'kafka-3',
  'kafka-sasl',
  'prometheus',
  'alertmanager',
] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceStart {
  /** Of this service alone; what is in it from an earlier time is used again. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly mavenRepository?: string;
  /** The wanted port if it is free at this moment, else 0. */
  readonly preferPort: (port: number) => Promise<number>;
  /** Where a needed service answers. */
  readonly addressOf: (name: ServiceName) => Promise<Address>;
  /** Stops the `postgres` service and starts it again as ours, on its port, so that we can restart it. */
  readonly takeOverPostgres: () => Promise<PostgresServer>;
}

export interface StartedService {
  readonly servers: readonly ManagedServer[];
  readonly addresses: readonly Address[];
  /** What a client needs to know, on one line. */
  readonly url: string;
  /** The `postgres` service when it was taken over. */
  readonly postgres?: StartedService;
}
