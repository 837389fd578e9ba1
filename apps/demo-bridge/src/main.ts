/**
 * The service that the demo watches: a small shop on a real PostgreSQL. It says what it does on stdout and knows nothing
 * of the mesh.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { prepareShop } from './queries.js';
import { runBursts, runWorkload } from './workload.js';

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    'database-file': { type: 'string' },
    'burst-every-seconds': { type: 'string', default: '180' },
    'burst-lasts-seconds': { type: 'string', default: '25' },
    'burst-sessions': { type: 'string', default: '30' },
  },
});
const database = values['database-file'] ? readFileSync(values['database-file'], 'utf8').trim() : values.database;
if (!database) {
  console.error('demo-bridge: --database postgres://…, or --database-file FILE, names the database to work on.');
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

const connection = {
  connectionString: database,
  application_name: 'demo-bridge',
  connectionTimeoutMillis: 5_000,
};
const pool = new pg.Pool({ ...connection, max: 5 });
// A pool emits this when an idle connection breaks; the next query opens a new one.
pool.on('error', (error) => console.log(`demo-bridge: a connection broke: ${error.message}`));

await prepareShop(pool);
console.log('demo-bridge: working.');
await Promise.all([
  runWorkload(pool, stop.signal, (query, error) => console.log(`demo-bridge: "${query}" failed: ${error.message}`)),
  runBursts(
    {
      everyMs: Number(values['burst-every-seconds']) * 1000,
      lastsMs: Number(values['burst-lasts-seconds']) * 1000,
      sessions: Number(values['burst-sessions']),
    },
    connectSession,
    stop.signal,
    (sessions) => console.log(`demo-bridge: a burst holds ${sessions} connections.`),
  ),
]);
await pool.end();

async function connectSession(): Promise<pg.Client> {
  const client = new pg.Client(connection);
  client.on('error', (error) => console.log(`demo-bridge: a session of the burst broke: ${error.message}`));
  await client.connect();
  return client;
}
