import Client from 'pg/lib/client.js';

/** Runs statements on a server as a test's own doing, on a connection of its own. Rows hold texts, as the server wrote them. */
export async function ask(url: string, statements: string): Promise<Record<string, string | null>[]> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    types: { getTypeParser: () => String },
  });
  client.on('error', () => undefined); // servers are killed under it
  await client.connect();
  try {
    return (await client.query<Record<string, string | null>>(statements)).rows;
  } finally {
    await client.end();
  }
}
