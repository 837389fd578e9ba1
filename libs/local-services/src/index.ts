/**
 * Real servers without Docker, for the demo, the local mesh and the tests.
 *
 * process/   a server's life: start, readiness, pause, kill, restart, and its end when its starter is gone
 * postgres/  PostgreSQL 14-18 from the npm registry, Debian's 15, streaming replicas
 */
export { startPostgres } from './postgres/postgres.js';
export type { PostgresOptions, PostgresRole, PostgresServer } from './postgres/postgres.js';
export { startReplica } from './postgres/replica.js';
export type { ReplicaOptions } from './postgres/replica.js';
export type { PostgresVersion } from './postgres/programs.js';
export type { ManagedServer, StartOptions } from './process/managed-server.js';
