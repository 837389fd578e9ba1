import type { ConsoleReply, ConsoleRow, Text } from '../server/database-query.js';

/** A pool of PgBouncer: the connections of one user to one database. */
export interface PgBouncerPool {
  /** `database/user`. */
  readonly name: string;
  /** Lent out, being opened, or busy with cancelling. */
  readonly inUse: number;
  /** Open and free, those that are checked or reset before their next use included. */
  readonly idle: number;
  /** Clients that run something or could at once. */
  readonly clients: number;
  readonly waiting: number;
  /** How long the client that waits longest has waited, s. */
  readonly longestWait: number | undefined;
  /** How many connections it may have; `undefined` when the console does not say: a database that only `*` stands for is not listed while it is idle. */
  readonly size: number | undefined;
}

/**
 * SHOW POOLS with the sizes out of SHOW DATABASES and SHOW USERS. Columns come and go with the version (1.18 to 1.24), so all
 * are taken by name: https://www.pgbouncer.org/usage.html#show-pools
 */
export function readPools({ rows }: ConsoleReply): readonly PgBouncerPool[] {
  const ofDatabase = new Map(rows.DATABASES?.map((row) => [row['name'], number(row['pool_size'])]));
  const ofUser = sizesOfUsers(rows.USERS ?? []);
  const pools = rows.POOLS?.filter(({ database }) => database !== 'pgbouncer') ?? []; // that one is the console itself
  return pools.map((row) => ({
    name: `${row['database']}/${row['user']}`,
    inUse: sum(row, 'sv_active', 'sv_login', 'sv_active_cancel', 'sv_being_canceled'),
    idle: sum(row, 'sv_idle', 'sv_used', 'sv_tested'),
    clients: sum(row, 'cl_active'),
    waiting: sum(row, 'cl_waiting'),
    longestWait: longestWait(row),
    size: ofUser.has(row['user']) ? ofUser.get(row['user']) : ofDatabase.get(row['database']),
  }));
}

/**
 * Since 1.23 a user can have a size of its own, which wins. Up to 1.25 the console repeats it for each user after that one until
 * the next who has another (its admin_show_users), so that nobody can tell who of them has it: `undefined` for these.
 */
function sizesOfUsers(users: readonly ConsoleRow[]): ReadonlyMap<ConsoleRow[string], number | undefined> {
  const sized = users.flatMap((row, at) => {
    const size = number(row['pool_size']);
    const isRepeated = size === number(users[at - 1]?.['pool_size']);
    return size === undefined ? [] : [[row['name'], isRepeated ? undefined : size] as const];
  });
  return new Map(sized);
}

/** `maxwait` is whole seconds, the rest is in a column of its own: without it all shorter waits would be 0. */
function longestWait({ maxwait, maxwait_us: micros }: ConsoleRow): number | undefined {
  return maxwait ? Number(maxwait) + Number(micros ?? 0) / 1e6 : undefined;
}

/** What a column holds; `undefined` for one that is not there, or says nothing. */
export function number(text: Text | null | undefined): number | undefined {
  return text ? Number(text) : undefined;
}

function sum(row: ConsoleRow, ...columns: readonly string[]): number {
  return columns.reduce((total, column) => total + Number(row[column] ?? 0), 0);
}
