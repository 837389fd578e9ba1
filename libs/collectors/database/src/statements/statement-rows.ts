import type { StatementsExtension } from '../server/server-facts.js';
import type { Text } from '../server/database-query.js';

/** Counters of an entry of pg_stat_statements, in the order in which baselines keep them. Times are ms. */
export const statementCounters = [
  'calls',
  'exec_time',
  'plan_time',
  'rows',
  'blocks_hit',
  'blocks_read',
  'blocks_dirtied',
  'blocks_written',
  'temp_blocks_read',
  'temp_blocks_written',
  'wal_bytes',
] as const;
export type StatementCounter = (typeof statementCounters)[number];

/** Times have fractions; all else is whole and may be too big for a double. */
export function isTime(counter: StatementCounter): boolean {
  return counter === 'exec_time' || counter === 'plan_time';
}

/** What makes an entry: two entries can differ in `toplevel` alone. */
export interface StatementKey {
  readonly userid: Text;
  readonly dbid: Text;
  readonly queryid: Text;
  /** `t` for a statement that a client sent, `f` for one inside a function. */
  readonly toplevel: Text;
}

export interface StatementRow extends StatementKey, Readonly<Record<StatementCounter, Text>> {
  /** `null` for a database that was dropped. */
  readonly database: Text | null;
  /** Since when the entry counts, by the server's clock, s since 1970; `null` before version 1.11. */
  readonly since: Text | null;
}

/** Facts about the module as a whole: the first row of the reply. */
export interface ModuleRow {
  readonly queryid: null;
  readonly evictions: Text | null;
  readonly reset: Text | null;
  readonly now: Text;
  readonly started: Text;
  readonly entries_max: Text;
  readonly tracks: Text;
  readonly tracks_planning: Text;
  readonly computes_ids: Text;
  readonly extension_minor: Text;
}

export type ReplyRow = StatementRow | ModuleRow;

export function keyOf({ userid, dbid, queryid, toplevel }: StatementKey): string {
  return `${userid} ${dbid} ${queryid} ${toplevel}`;
}

/**
 * All entries without their texts: `pg_stat_statements(false)` spares the server the file of texts, which is read whole
 * however few texts are wanted. By the version of the extension in this database, which an upgrade of the server does not change.
 */
export function countersQuery({ minor, schema }: StatementsExtension): string {
  const hasInfo = minor >= 9;
  const info = hasInfo
    ? `${schema}.pg_stat_statements_info`
    : '(select null::bigint as dealloc, null::timestamptz as stats_reset)';
  return `
    select null::oid as userid, null::oid as dbid, null::name as database, null::bigint as queryid, null::bool as toplevel,
           null::bigint as calls, null::float8 as exec_time, null::float8 as plan_time, null::bigint as rows,
           null::bigint as blocks_hit, null::bigint as blocks_read, null::bigint as blocks_dirtied,
           null::bigint as blocks_written, null::bigint as temp_blocks_read, null::bigint as temp_blocks_written,
           null::numeric as wal_bytes, null::numeric as since,
           info.dealloc as evictions, extract(epoch from info.stats_reset)::numeric as reset,
           extract(epoch from clock_timestamp())::numeric as now,
           extract(epoch from pg_postmaster_start_time())::numeric as started,
           current_setting('pg_stat_statements.max') as entries_max,
           current_setting('pg_stat_statements.track') as tracks,
           current_setting('pg_stat_statements.track_planning') as tracks_planning,
           current_setting('compute_query_id') as computes_ids,
           ${minor} as extension_minor
    from ${info} as info
    union all
    select entry.userid, entry.dbid, db.datname, entry.queryid, ${hasInfo ? 'entry.toplevel' : 'true'},
           entry.calls, entry.total_exec_time, entry.total_plan_time, entry.rows,
           entry.shared_blks_hit, entry.shared_blks_read, entry.shared_blks_dirtied,
           entry.shared_blks_written, entry.temp_blks_read, entry.temp_blks_written,
           entry.wal_bytes, ${minor >= 11 ? 'extract(epoch from entry.stats_since)::numeric' : 'null'},
           null, null, null, null, null, null, null, null, null
    from ${schema}.pg_stat_statements(false) as entry
    left join pg_database as db on db.oid = entry.dbid`;
}

export interface TextRow extends StatementKey {
  readonly user: Text;
  readonly query: Text | null;
  /** The id of the very statement that fetched the texts, which has no entry yet. */
  readonly own_queryid: Text | null;
}

const longestText = 1_000;
const mostTexts = 300;

/**
 * Texts: of these entries, of our own statements, and of those that ran longest in their lives while there is room, for the
 * server reads its whole file of texts in any case.
 */
export function textsQuery({ minor, schema }: StatementsExtension, queryIds: readonly string[]): string {
  const wanted = queryIds.filter((id) => /^-?\d+$/.test(id));
  // An array is one constant, so that this statement has one entry however many ids it asks for.
  return `
    select userid, dbid, queryid, ${minor >= 9 ? 'toplevel' : 'true'} as toplevel,
           pg_get_userbyid(userid) as "user", left(query, ${longestText}) as query,
           (select query_id from pg_stat_activity where pid = pg_backend_pid()) as own_queryid
    from ${schema}.pg_stat_statements(true)
    order by queryid = any ('{${wanted.join(',')}}'::bigint[]) or query like '${ownMark}%' desc, total_exec_time desc
    limit ${mostTexts}`;
}

/** How our statements begin. Inside the statement, because pg_stat_statements leaves out a comment before its first word. */
export const ownMark = 'select /* omninode-mesh:';

/** A statement of ours, marked for whoever looks at the server, and for our own ranking. */
export function marked(family: string, text: string): string {
  return text.trim().replace(/^select\b/, `${ownMark}${family} */`);
}
