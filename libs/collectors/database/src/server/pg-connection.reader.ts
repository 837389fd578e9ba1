import { Socket } from 'node:net';
import type { Secret } from '@omninode/service-kit';
import Client from 'pg/lib/client.js';

/** A connection that speaks PostgreSQL's protocol, whoever answers. Values come as texts. It is ended when a signal says so. */
export class PgConnection {
  /** Why it ended without our doing; `undefined` while it lives. */
  lost: Error | undefined;
  readonly #socket = new Socket();
  readonly #client: Client;

  constructor(url: Secret, connectTimeoutMs: number) {
    this.#client = new Client({
      connectionString: url.reveal(),
      application_name: 'omninode-mesh',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      stream: () => this.#socket,
      types: { getTypeParser: () => (text: string) => text },
    });
    // Without a listener the end of an idle connection would end the process.
    this.#client.on('error', (error) => (this.lost ??= error));
    this.#client.on('end', () => (this.lost ??= new Error('Connection terminated')));
  }

  /** Connects and does the first work. Ends what it began when that fails. */
  async open(signal: AbortSignal, first: () => Promise<unknown>): Promise<void> {
    try {
      await this.until(signal, async () => {
        await this.#client.connect();
        await first();
      });
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  /** By the simple protocol, which poolers and their consoles understand. */
  async ask<Row extends object>(text: string): Promise<Row[]> {
    return (await this.#client.query<Row>(text)).rows;
  }

  /** Servers end what takes too long by their own limits. Where they do not, the connection is what we can end. */
  async until<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const end = () => this.destroy();
    signal.addEventListener('abort', end);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Set by the driver at connect, and missing from its types. */
  get backendPid(): number {
    return Number((this.#client as unknown as { processID: number | null }).processID ?? 0);
  }
}
