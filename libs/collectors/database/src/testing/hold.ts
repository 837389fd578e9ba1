import type { Socket } from 'node:net';
import Client from 'pg/lib/client.js';
import { onTestFinished } from 'vitest';

export interface Held {
  /** Rejects with what the server says, or when the session ends. */
  run(statements: string): Promise<void>;
  /** Leaves what the server sends unread, so that it waits for this client. */
  stopReading(): void;
  end(): Promise<void>;
}

/** A session of a test that stays open until the test ends, for instance in a transaction; without statements only connected. */
export async function hold(url: string, statements: string): Promise<Held> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined); // servers are killed under it
  await client.connect();
  let isEnded = false;
  // The driver's own, and missing from its types.
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const end = async () => {
    if (isEnded) return;
    isEnded = true;
    if (stream.isPaused()) stream.destroy();
    else await client.end();
  };
  onTestFinished(end);
  const run = async (more: string) => void (await client.query(more));
  if (statements) await run(statements);
  return { run, end, stopReading: () => void stream.pause() };
}
