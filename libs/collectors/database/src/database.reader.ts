import { Socket } from 'node:net';
import type { Answer, Reader, Session } from '@omninode/collector-kit';
import Client from 'pg/lib/client.js';
import type { DatabaseTarget } from './database-target.js';
import { errors } from './errors.js';
import type { DatabaseQuery } from './server/database-query.js';
import { marked } from './statements/statement-rows.js';
import { explainError } from './server/explain-error.js';
import { factsQuery, readFacts } from './server/server-facts.js';
import type { FactsRow, ServerFacts } from './server/server-facts.js';

export interface DatabaseReaderOptions {
  /** After this the server itself ends a statement of ours. */
  readonly statementTimeoutMs: number;
  /** How long a statement of ours waits for a lock. */
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

const oldestVersion = 140_000;

/** The only part that talks to PostgreSQL: one connection per server, which marks its statements and never opens a transaction. */
export function databaseReader(options: DatabaseReaderOptions): Reader<DatabaseTarget, DatabaseQuery> {
  return {
    explain: explainError,
    async connect(target, signal) {
      const session = new DatabaseSession(target, options, signal);
      await session.open();
      return session;
    },
  };
}

class DatabaseSession implements Session<DatabaseQuery> {
  lost: Error | undefined;
  readonly #socket = new Socket();
  readonly #client: Client;
  #facts: ServerFacts | undefined;
  #opening: AbortSignal | undefined;

  constructor(
    { url }: DatabaseTarget,
    private readonly options: DatabaseReaderOptions,
    signal: AbortSignal,
  ) {
    this.#opening = signal;
    this.#client = new Client({
      connectionString: url.reveal(),
      application_name: 'omninode-mesh',
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      stream: () => this.#socket,
      types: { getTypeParser: () => (text: string) => text },
    });
    // Without a listener the end of an idle connection would end the process.
    this.#client.on('error', (error) => (this.lost ??= error));
    this.#client.on('end', () => (this.lost ??= new Error('Connection terminated')));
  }

  async open(): Promise<void> {
    await this.#until(this.#opening as AbortSignal, async () => {
      await this.#client.connect();
      await this.#learnFacts();
    }).catch((error: unknown) => {
      this.destroy();
      throw error;
    });
    this.#opening = undefined;
  }

  read(query: DatabaseQuery, family: string, signal: AbortSignal): Promise<Answer> {
    return this.#until(signal, async () => {
      // What a family lacks may have been mended since: an extension created, a role granted.
      const learnt = this.#facts ? 0 : 1;
      const facts = this.#facts ?? (await this.#learnFacts());
      try {
        const rows = await this.#ask(family, query(facts));
        return { reply: rows, roundTrips: 1 + learnt, rows: rows.length };
      } catch (error) {
        this.#facts = undefined;
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #learnFacts(): Promise<ServerFacts> {
    const { statementTimeoutMs, lockTimeoutMs } = this.options;
    const limits = { statementTimeoutMs, lockTimeoutMs, backendPid: this.#backendPid() };
    const [row] = await this.#ask<FactsRow>('facts', factsQuery(limits));
    const facts = readFacts(row as FactsRow);
    if (facts.version < oldestVersion) throw errors.SERVER_TOO_OLD({ version: Math.floor(facts.version / 10_000) });
    return (this.#facts = facts);
  }

  /** Set by the driver at connect, and missing from its types. */
  #backendPid(): number {
    return Number((this.#client as unknown as { processID: number | null }).processID ?? 0);
  }

  async #ask<Row extends object>(family: string, text: string): Promise<Row[]> {
    const { rows } = await this.#client.query<Row>(marked(family, text));
    return rows;
  }

  /** The server ends what takes too long by its statement_timeout. Where it does not, the connection is what we can end. */
  async #until<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const end = () => this.destroy();
    signal.addEventListener('abort', end);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}
