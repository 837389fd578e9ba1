import type { ServerFacts } from './server-facts.js';

/**
 * The text of a family's query for a server. Throws a coded error where the server can't answer it. One statement, without
 * parameters: so it goes by the simple protocol, which poolers understand, and costs one round trip.
 */
export type ServerQuery = (server: ServerFacts) => string;

/** Commands of the console of PgBouncer, without the word SHOW. */
export type ShowCommand = 'VERSION' | 'POOLS' | 'DATABASES' | 'USERS' | 'STATS_TOTALS' | 'LISTS' | 'CONFIG';

/** What a family asks of whoever answers at the target's address. A server is asked nothing where only the console is. */
export interface SourceQuery {
  readonly server?: ServerQuery;
  readonly console: readonly ShowCommand[];
}

/** One statement in several databases of a server, one after another, as many as the reader's time allows. */
export interface DatabasesQuery {
  readonly databases: readonly string[];
  readonly statement: ServerQuery;
}

/** What services tell of their own pools, at the addresses that the target lists. */
export const applicationPoolsQuery = 'application-pools';

export type DatabaseQuery = ServerQuery | SourceQuery | DatabasesQuery | typeof applicationPoolsQuery;

/** Values come as the server wrote them: nothing is parsed before the family does it, so big numbers stay exact. */
export type Text = string;

/** What a database answered to its part of a `DatabasesQuery`. One that is not in the reply was not asked for want of time. */
export type DatabaseReply<Row> =
  | { readonly database: string; readonly rows: readonly Row[] }
  | { readonly database: string; readonly failure: { readonly status: string; readonly reason: string } };

/** A row of a console's answer. Which columns there are depends on the version of PgBouncer. */
export type ConsoleRow = Readonly<Record<string, Text | null | undefined>>;

/** What the console of PgBouncer answered: nothing where the target is no console, and no rows to a command that it refused. */
export interface ConsoleReply {
  readonly rows: Readonly<Partial<Record<ShowCommand, readonly ConsoleRow[]>>>;
  readonly refused: readonly ShowCommand[];
}

export const noConsole: ConsoleReply = { rows: {}, refused: [] };
