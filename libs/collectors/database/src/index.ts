/**
 * Watches PostgreSQL 14 and newer over one connection per server.
 *
 * families/    what is measured, one file each
 * server/      facts about a server, what its errors mean, when its counters began
 * statements/  pg_stat_statements: deltas of an interval, ranking, texts
 */
export { databaseConfig } from './database.config.js';
export type { DatabaseConfig } from './database.config.js';
export { databaseReader } from './database.reader.js';
export type { DatabaseReaderOptions } from './database.reader.js';
export { databaseEvents, databaseMetrics } from './database.metrics.js';
export { DATABASE_COLLECTOR, databaseCollectorModule } from './database-collector.module.js';
export type { DatabaseCollectorOptions } from './database-collector.module.js';
export type { DatabaseTarget } from './database-target.js';
export { errors as databaseErrors } from './errors.js';
export { databaseFamilies } from './families.js';
