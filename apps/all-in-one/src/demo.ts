import { join } from 'node:path';
import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import type { Logger, Target } from '@omninode/service-kit';

/** What the demo is before the product runs; `DemoModule` adds the rest, for which nobody has to wait. */
export interface Demo {
  /** Where its servers keep their data. */
  readonly folder: string;
  readonly postgres: PostgresServer;
  /** The demo's database, seen by a role that is what a monitor should be. */
  readonly target: Target;
  /** The target's list of pools that services tell of. Its collector reads it anew in each pass. */
  readonly pools: DemoPool[];
}

export interface DemoPool {
  readonly pool: string;
  readonly url: Secret;
}

/** Few, so that the demo's incidents are felt. */
const maxConnections = 20;

/** Starts a real PostgreSQL in the data folder. */
export async function startDemo(dataFolder: string, logger: Logger): Promise<Demo> {
  logger.info(
    'No target is configured, so this is a demo: servers and a service that works on them are started to be watched.',
  );
  logger.info('Watch your own instead: OMNINODE_DATABASE_URL=postgres://user@host:5432/database npm start');
  const startedAt = performance.now();
  const folder = join(dataFolder, 'demo');
  const postgres = await startPostgres({ folder: join(folder, 'postgres-18'), maxConnections, databases: ['bridge'] });
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
  logger.info('The demo has a PostgreSQL.', { port: postgres.port, seconds });
  const pools: DemoPool[] = [];
  const url = new Secret(postgres.url('omninode', 'bridge'));
  const target: Target = { id: 'demo-postgres', kind: 'database', url, labels: {}, options: { pools } };
  return { folder, postgres, target, pools };
}
