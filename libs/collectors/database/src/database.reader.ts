import type { Reader } from '@omninode/collector-kit';
import { isConsole } from './database-target.js';
import type { DatabaseTarget } from './database-target.js';
import { openConsole } from './pgbouncer/console.reader.js';
import type { DatabaseQuery } from './server/database-query.js';
import { explainError } from './server/explain-error.js';
import { openServer } from './server/server.reader.js';
import type { ServerReaderOptions } from './server/server.reader.js';

export type DatabaseReaderOptions = ServerReaderOptions;

/** Talks to a PostgreSQL server, or to the console of a PgBouncer. */
export function databaseReader(options: DatabaseReaderOptions): Reader<DatabaseTarget, DatabaseQuery> {
  return {
    explain: explainError,
    connect: (target, signal) => (isConsole(target) ? openConsole : openServer)(target, options, signal),
  };
}
