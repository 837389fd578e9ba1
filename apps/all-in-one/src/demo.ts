import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startPostgres, type PostgresServer } from '@omninode/local-services';
import { Secret, type Logger, type Target } from '@omninode/service-kit';

export interface Demo {
  /** The demo's database, seen by a role that is what a monitor should be. */
  readonly target: Target;
  stop(): Promise<void>;
}

/** Few, so that the demo's bursts fill them. */
const maxConnections = 40;
const bridge = fileURLToPath(new URL('../../demo-bridge/dist/main.js', import.meta.url));

/** Starts what the demo watches: a real PostgreSQL in the data folder, and a small shop that works on it. */
export async function startDemo(dataFolder: string, logger: Logger): Promise<Demo> {
  logger.info(
    'No target is configured, so this is a demo: a PostgreSQL and a shop that works on it are started to be watched.',
  );
  logger.info('Watch your own instead: OMNINODE_DATABASE_URL=postgres://user@host:5432/database npm start');
  const startedAt = performance.now();
  const postgres = await startPostgres({
    folder: join(dataFolder, 'demo', 'postgres-18'),
    maxConnections,
    databases: ['shop'],
  });
  const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
  logger.info('The demo database is up.', { port: postgres.port, seconds });
  const shop = startShop(postgres, logger);
  return {
    target: {
      id: 'demo-shop',
      kind: 'database',
      url: new Secret(postgres.url('omninode', 'shop')),
      labels: {},
      options: {},
    },
    async stop() {
      await endShop(shop);
      await postgres.stop();
    },
  };
}

function startShop(postgres: PostgresServer, logger: Logger): ChildProcess {
  const shop = spawn(process.execPath, [bridge, '--database', postgres.url('postgres', 'shop')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = logger.child({ component: 'shop' });
  createInterface({ input: shop.stdout! }).on('line', (line) => lines.debug(line));
  shop.once('exit', (code, signal) => lines.info('The shop of the demo ended.', { code, signal }));
  return shop;
}

async function endShop(shop: ChildProcess): Promise<void> {
  if (shop.exitCode !== null || shop.signalCode !== null) return;
  const ended = once(shop, 'exit');
  shop.kill('SIGTERM');
  const force = setTimeout(() => shop.kill('SIGKILL'), 2_000);
  await ended;
  clearTimeout(force);
}
