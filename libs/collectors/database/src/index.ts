/**
 * Watches PostgreSQL 14 and newer over one connection per server, and a second one while it visits the server's other
 * databases; PgBouncer by its console; and pools of services, which tell of them by HTTP.
 *
 * families/    what is measured, one file each
 * server/      facts about a server, its sessions, what its errors mean, when its counters began
 * statements/  pg_stat_statements: deltas of an interval, ranking, texts
 * tables/      which tables of which databases are read and listed
 * pgbouncer/   the console of PgBouncer and its pools
 * pools/       what services tell of their own pools
 */
export { databaseConfig } from './database.config.js';
export type { DatabaseConfig } from './database.config.js';
export { databaseEvents, databaseMetrics } from './database.metrics.js';
export { DATABASE_COLLECTOR, databaseCollectorModule } from './database-collector.module.js';
export type { DatabaseCollectorOptions } from './database-collector.module.js';
export { databaseTargetOptions, databaseTargets } from './database-target.js';
export type { ApplicationPool, DatabaseTarget } from './database-target.js';
export { databaseWatch } from './database-watch.js';
export { errors as databaseErrors } from './errors.js';
export { databaseFamilies } from './families.js';
