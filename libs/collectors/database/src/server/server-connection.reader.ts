import type { DatabaseTarget } from '../database-target.js';
import { errors } from '../errors.js';
import { marked } from '../statements/statement-rows.js';
import { PgConnection } from './pg-connection.reader.js';
import { factsQuery, readFacts } from './server-facts.js';
import type { FactsRow, ServerFacts } from './server-facts.js';

export interface ServerConnectionOptions {
  /** After this the server itself ends a statement of ours. */
  readonly statementTimeoutMs: number;
  /** How long a statement of ours waits for a lock. */
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

const oldestVersion = 140_000;

/** A connection to PostgreSQL, which knows the server's facts, marks its statements and never opens a transaction. */
export class ServerConnection {
  readonly #connection: PgConnection;
  #facts: ServerFacts | undefined;

  constructor(
    private readonly target: DatabaseTarget,
    private readonly options: ServerConnectionOptions,
  ) {
    this.#connection = new PgConnection(target.url, options.connectTimeoutMs);
  }

  get lost(): Error | undefined {
    return this.#connection.lost;
  }

  open(signal: AbortSignal): Promise<void> {
    return this.#connection.open(signal, () => this.#learnFacts());
  }

  async facts(signal: AbortSignal): Promise<ServerFacts> {
    return this.#facts ?? this.#connection.until(signal, () => this.#learnFacts());
  }

  /** Asks what the facts call for. What a family lacks may be mended any time, so a failure makes them be learnt anew. */
  async ask(
    family: string,
    statement: (facts: ServerFacts) => string,
    signal: AbortSignal,
  ): Promise<{ rows: object[]; roundTrips: number }> {
    const roundTrips = this.#facts ? 1 : 2;
    const facts = await this.facts(signal);
    try {
      const rows = await this.#connection.until(signal, () => this.#connection.ask(marked(family, statement(facts))));
      return { rows, roundTrips };
    } catch (error) {
      this.#facts = undefined;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  async #learnFacts(): Promise<ServerFacts> {
    const { statementTimeoutMs, lockTimeoutMs } = this.options;
    const limits = { statementTimeoutMs, lockTimeoutMs, backendPid: this.#connection.backendPid };
    const [row] = await this.#connection.ask<FactsRow>(marked('facts', factsQuery(limits)));
    const facts = readFacts(row as FactsRow, this.target);
    if (facts.version < oldestVersion) throw errors.SERVER_TOO_OLD({ version: Math.floor(facts.version / 10_000) });
    return (this.#facts = facts);
  }
}
