import type { DatabaseTarget } from '../database-target.js';
import { errors } from '../errors.js';

/** What the choice of a query depends on: learnt with each connect, and again after a family could not be read. */
export interface ServerFacts {
  /** `server_version_num`: 180004 is 18.4. Vendors write what they like into the version's text, never into this. */
  readonly version: number;
  readonly database: string;
  readonly role: string;
  /** Whether the role may see other roles' sessions and statements: superuser, or member of pg_monitor or pg_read_all_stats. */
  readonly seesAll: boolean;
  /** Whether a pooler answers in the server's place: then sessions are shared and no setting of ours may stay in them. */
  readonly isPooled: boolean;
  readonly areStatementsLoaded: boolean;
  /** `undefined`: the extension is not in this database. */
  readonly statements: StatementsExtension | undefined;
  /** What the target's configuration says of its server. */
  readonly target: Pick<DatabaseTarget, 'cores' | 'includeDatabases' | 'excludeDatabases'>;
}

/** Sessions of other roles look empty to a role without pg_monitor: better nothing than a sum over what can't be seen. */
export function assertSeesSessions({ seesAll, role }: ServerFacts): void {
  if (!seesAll) throw errors.SESSIONS_HIDDEN({ role });
}

export interface StatementsExtension {
  /** The minor version of the extension, which may be older than the server's: 11 is 1.11. */
  readonly minor: number;
  /** Where its functions are, quoted. */
  readonly schema: string;
  /** Whether the role may use that schema. */
  readonly isReachable: boolean;
}

export interface SessionLimits {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** The process id that the server gave at connect. A pooler gives one of its own. */
  readonly backendPid: number;
}

/**
 * Sets the session up and asks for the facts, in one statement. Settings go by `set_config` after the connect, because
 * poolers refuse them as startup parameters, and only into sessions that are not shared.
 */
export function factsQuery({ statementTimeoutMs, lockTimeoutMs, backendPid }: SessionLimits): string {
  return `
    select case when pg_backend_pid() = ${backendPid} then
             set_config('search_path', 'pg_catalog', false)
             || set_config('statement_timeout', '${statementTimeoutMs}', false)
             || set_config('lock_timeout', '${lockTimeoutMs}', false)
           end is null as is_pooled,
           current_setting('server_version_num') as version,
           current_database() as database,
           current_user as role,
           pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all,
           current_setting('pg_stat_statements.max', true) is not null as are_statements_loaded,
           extension.extversion as statements_version,
           quote_ident(namespace.nspname) as statements_schema,
           has_schema_privilege(namespace.oid, 'usage') as is_schema_open
    from (select) as one
    left join pg_extension as extension on extension.extname = 'pg_stat_statements'
    left join pg_namespace as namespace on namespace.oid = extension.extnamespace`;
}

export interface FactsRow {
  readonly is_pooled: string;
  readonly version: string;
  readonly database: string;
  readonly role: string;
  readonly sees_all: string;
  readonly are_statements_loaded: string;
  readonly statements_version: string | null;
  readonly statements_schema: string | null;
  readonly is_schema_open: string | null;
}

export function readFacts(row: FactsRow, target: ServerFacts['target']): ServerFacts {
  const { statements_version: version, statements_schema: schema } = row;
  return {
    version: Number(row.version),
    database: row.database,
    role: row.role,
    seesAll: row.sees_all === 't',
    isPooled: row.is_pooled === 't',
    areStatementsLoaded: row.are_statements_loaded === 't',
    statements:
      version && schema
        ? { minor: Number(version.split('.')[1]), schema, isReachable: row.is_schema_open === 't' }
        : undefined,
    target,
  };
}
