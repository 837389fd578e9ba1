import type { Answer, Session } from '@omninode/collector-kit';
import { errorCode } from '@omninode/contracts';
import { addressOf } from '../database-target.js';
import type { DatabaseTarget } from '../database-target.js';
import { errors } from '../errors.js';
import { readApplicationPools } from '../pools/application-pools.reader.js';
import type { ApplicationPoolsOptions } from '../pools/application-pools.reader.js';
import type { ConsoleReply, ConsoleRow, DatabaseQuery, ShowCommand } from '../server/database-query.js';
import { PgConnection } from '../server/pg-connection.reader.js';

export interface ConsoleReaderOptions extends ApplicationPoolsOptions {
  readonly connectTimeoutMs: number;
}

/** The console of a PgBouncer: one connection, which only ever sends SHOW. A login in `stats_users` is enough. */
export async function openConsole(
  target: DatabaseTarget,
  options: ConsoleReaderOptions,
  signal: AbortSignal,
): Promise<Session<DatabaseQuery>> {
  const session = new ConsoleSession(target, options);
  await session.open(signal);
  return session;
}

class ConsoleSession implements Session<DatabaseQuery> {
  readonly #connection: PgConnection;

  constructor(
    private readonly target: DatabaseTarget,
    private readonly options: ConsoleReaderOptions,
  ) {
    this.#connection = new PgConnection(target.url, options.connectTimeoutMs);
  }

  get lost(): Error | undefined {
    return this.#connection.lost;
  }

  /** Asks once, so that a server that only has a database of this name is known at once. */
  open(signal: AbortSignal): Promise<void> {
    return this.#connection.open(signal, () => this.#show('VERSION'));
  }

  async read(query: DatabaseQuery, _family: string, signal: AbortSignal): Promise<Answer> {
    if (query === 'application-pools') return readApplicationPools(this.target, this.options, signal);
    if (typeof query === 'function' || 'databases' in query)
      throw errors.NOT_A_SERVER({ place: addressOf(this.target).place });
    const reply = await this.#connection.until(signal, () => this.#showAll(query.console));
    const rows = Object.values(reply.rows).reduce((sum, answered) => sum + answered.length, 0);
    return { reply, roundTrips: query.console.length, rows };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  destroy(): void {
    this.#connection.destroy();
  }

  /** A command that is refused costs what it would have told; the first one must be answered. */
  async #showAll(commands: readonly ShowCommand[]): Promise<ConsoleReply> {
    const rows: Partial<Record<ShowCommand, readonly ConsoleRow[]>> = {};
    const refused: ShowCommand[] = [];
    for (const command of commands) {
      try {
        rows[command] = await this.#show(command);
      } catch (error) {
        if (errorCode(error) !== 'CONSOLE_REFUSED' || command === commands[0]) throw error;
        refused.push(command);
      }
    }
    return { rows, refused };
  }

  async #show(command: ShowCommand): Promise<readonly ConsoleRow[]> {
    try {
      return await this.#connection.ask<Record<string, string | null>>(`SHOW ${command}`);
    } catch (error) {
      if (!('severity' in (error as object)) || this.lost) throw error;
      const { place, role } = addressOf(this.target);
      throw errors.CONSOLE_REFUSED({ place, command, role, code: errorCode(error) }, error);
    }
  }
}
