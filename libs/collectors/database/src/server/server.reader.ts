import type { Answer, Session } from '@omninode/collector-kit';
import { Secret } from '@omninode/service-kit';
import type { DatabaseTarget } from '../database-target.js';
import { readApplicationPools } from '../pools/application-pools.reader.js';
import type { ApplicationPoolsOptions } from '../pools/application-pools.reader.js';
import { noConsole } from './database-query.js';
import type { DatabaseQuery, DatabaseReply, DatabasesQuery, ServerQuery } from './database-query.js';
import { explainError } from './explain-error.js';
import { ServerConnection } from './server-connection.reader.js';
import type { ServerConnectionOptions } from './server-connection.reader.js';

export type ServerReaderOptions = ServerConnectionOptions & ApplicationPoolsOptions;

/** All families of a target take turns, so a visit of all databases must not keep the fast ones waiting for long. */
const visitBudgetMs = 2_000;

export async function openServer(
  target: DatabaseTarget,
  options: ServerReaderOptions,
  signal: AbortSignal,
): Promise<Session<DatabaseQuery>> {
  const connection = new ServerConnection(target, options);
  await connection.open(signal);
  return new ServerSession(target, options, connection);
}

/** One connection that stays, and for as long as a visit of other databases lasts a second one. */
class ServerSession implements Session<DatabaseQuery> {
  constructor(
    private readonly target: DatabaseTarget,
    private readonly options: ServerReaderOptions,
    private readonly connection: ServerConnection,
  ) {}

  get lost(): Error | undefined {
    return this.connection.lost;
  }

  async read(query: DatabaseQuery, family: string, signal: AbortSignal): Promise<Answer> {
    if (query === 'application-pools') return readApplicationPools(this.target, this.options, signal);
    if (typeof query !== 'function' && 'databases' in query) return this.#visitAll(query, family, signal);
    const statement = typeof query === 'function' ? query : query.server;
    if (!statement) return { reply: noConsole, roundTrips: 0, rows: 0 };
    const { rows, roundTrips } = await this.connection.ask(family, statement, signal);
    return { reply: rows, roundTrips, rows: rows.length };
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  destroy(): void {
    this.connection.destroy();
  }

  /** Our own database comes first: it needs no second connection, and cutting its statement short would cost the first one. */
  async #visitAll({ databases, statement }: DatabasesQuery, family: string, signal: AbortSignal): Promise<Answer> {
    const budget = AbortSignal.timeout(visitBudgetMs);
    const { database: own } = await this.connection.facts(signal);
    const inTurn = databases.toSorted((one, other) => Number(other === own) - Number(one === own));
    const replies: DatabaseReply<object>[] = [];
    let roundTrips = 0;
    for (const database of inTurn) {
      if (budget.aborted) break;
      try {
        const asked = await (database === own
          ? this.connection.ask(family, statement, signal)
          : this.#askElsewhere(database, family, statement, AbortSignal.any([signal, budget])));
        roundTrips += asked.roundTrips;
        replies.push({ database, rows: asked.rows });
      } catch (error) {
        if (signal.aborted || this.lost) throw error;
        replies.push({ database, failure: this.#explain(error, database, budget) });
      }
    }
    const rows = replies.reduce((sum, reply) => sum + ('rows' in reply ? reply.rows.length : 0), 0);
    return { reply: replies, roundTrips, rows };
  }

  async #askElsewhere(database: string, family: string, statement: ServerQuery, signal: AbortSignal) {
    const connection = new ServerConnection(inDatabase(this.target, database), this.options);
    try {
      await connection.open(signal);
      const { rows } = await connection.ask(family, statement, signal);
      await connection.close(); // waits until the server has ended it, so that there are never three
      return { rows, roundTrips: 2 }; // the facts, and what was asked
    } finally {
      connection.destroy();
    }
  }

  #explain(error: unknown, database: string, budget: AbortSignal): { status: string; reason: string } {
    if (budget.aborted)
      return { status: 'timed_out', reason: `A visit of all databases ends after ${visitBudgetMs} ms.` };
    return explainError(error, inDatabase(this.target, database));
  }
}

function inDatabase(target: DatabaseTarget, database: string): DatabaseTarget {
  const url = new URL(target.url.reveal());
  url.pathname = `/${encodeURIComponent(database)}`;
  return { ...target, url: new Secret(url.href) };
}
