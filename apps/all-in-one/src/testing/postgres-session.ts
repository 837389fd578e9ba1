import { createRequire } from 'node:module';
import type { PostgresServer } from '@omninode/local-services';
import type pg from 'pg';

// By its file: what the test runner resolves for `require` in pg itself is the wrong half of its pool.
const Client = createRequire(import.meta.url)('pg/lib/client.js') as typeof pg.Client;

/** A session as the superuser, for whom there is room also in a server that is full for others. */
export async function postgresSession(server: PostgresServer, begin?: string, database?: string): Promise<pg.Client> {
  const client = new Client({ connectionString: server.url('postgres', database) });
  // A server that is killed ends its sessions; what was asked of them then fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  if (begin) await client.query(begin);
  return client;
}
