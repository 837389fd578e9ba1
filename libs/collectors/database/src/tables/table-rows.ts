import type { DatabaseTarget } from '../database-target.js';
import type { Text } from '../server/database-query.js';
import type { ServerFacts } from '../server/server-facts.js';

/** A table, or all that are in no ranking together (`relid` is `null`), or a database without tables (`tables` is 0). */
export interface TableRow {
  readonly relid: Text | null;
  readonly schema: Text | null;
  readonly table: Text | null;
  readonly tables: Text;
  readonly live: Text | null;
  readonly dead: Text | null;
  /** `null` for a table that neither vacuum nor analyze has seen yet. */
  readonly bytes: Text | null;
  readonly scans: Text | null;
  readonly scanned_rows: Text | null;
  readonly age: Text | null;
  readonly vacuum: Text | null;
  readonly autovacuum: Text | null;
  readonly analyze: Text | null;
  readonly autoanalyze: Text | null;
  /** Of the whole database, catalogs and TOAST tables included. */
  readonly oldest_age: Text | null;
  readonly freeze_age: Text;
}

/** Databases that a cloud keeps for itself, and lets nobody into. */
const managed = ['rdsadmin', 'azure_maintenance', 'azure_sys', 'cloudsqladmin'];

/** The databases whose tables are to be read. */
export function databasesQuery({ target: { includeDatabases, excludeDatabases = [] } }: ServerFacts): string {
  const isIncluded = includeDatabases ? `datname = any (${names(includeDatabases)})` : 'true';
  return `
    select datname as database
    from pg_database
    where datallowconn and not datistemplate and has_database_privilege(oid, 'connect')
      and ${isIncluded} and datname <> all (${names([...managed, ...excludeDatabases])})
    order by datname
    limit 500`;
}

function names(list: NonNullable<DatabaseTarget['excludeDatabases']>): string {
  return `array[${list.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')}]::name[]`;
}

/**
 * The tables of a database that come first by what can be wrong with them, and the rest in one row. Sizes are the page counts
 * that the latest vacuum or analyze left in pg_class: asking for a table's real size waits for whoever has it locked, and makes
 * the server look at every one of its files. Nothing here locks a table. The functions are those that pg_stat_user_tables is
 * made of (https://www.postgresql.org/docs/current/monitoring-stats.html), without what is not needed of it.
 */
export function tablesQuery(): string {
  return `
    select ranked.relid, ranked.schema, ranked."table", count(ranked.live) as tables,
           sum(ranked.live) as live, sum(ranked.dead) as dead,
           sum(ranked.pages) * current_setting('block_size')::bigint as bytes,
           sum(ranked.scans) as scans, sum(ranked.scanned_rows) as scanned_rows, max(ranked.age) as age,
           extract(epoch from max(pg_stat_get_last_vacuum_time(ranked.relid))) as vacuum,
           extract(epoch from max(pg_stat_get_last_autovacuum_time(ranked.relid))) as autovacuum,
           extract(epoch from max(pg_stat_get_last_analyze_time(ranked.relid))) as analyze,
           extract(epoch from max(pg_stat_get_last_autoanalyze_time(ranked.relid))) as autoanalyze,
           database.oldest_age, current_setting('autovacuum_freeze_max_age') as freeze_age
    from (
      select max(age(relfrozenxid)) as oldest_age from pg_class where relkind in ('r', 'm', 't')
    ) as database
    left join (
      select case when first then id end as relid, case when first then schema end as schema,
             case when first then name end as "table", live, dead, pages, scans, scanned_rows, age
      from (
        select *, row_number() over (order by dead desc) <= 20
                  or row_number() over (order by coalesce(pages, 0) desc) <= 20
                  or row_number() over (order by scanned_rows desc) <= 100
                  or row_number() over (order by age desc) <= 5 as first
        from (
          select class.oid as id, namespace.nspname as schema, class.relname as name,
                 pg_stat_get_live_tuples(class.oid) as live, pg_stat_get_dead_tuples(class.oid) as dead,
                 pg_stat_get_numscans(class.oid) as scans, pg_stat_get_tuples_returned(class.oid) as scanned_rows,
                 case when class.reltuples >= 0
                      then class.relpages::bigint + coalesce(toast.relpages, 0) + coalesce(indexes.pages, 0) end as pages,
                 greatest(age(class.relfrozenxid), age(toast.relfrozenxid)) as age
          from pg_class as class
          join pg_namespace as namespace on namespace.oid = class.relnamespace
          left join pg_class as toast on toast.oid = class.reltoastrelid
          left join (
            select indrelid, sum(relpages) as pages
            from pg_index join pg_class on pg_class.oid = indexrelid
            group by indrelid
          ) as indexes on indexes.indrelid = class.oid
          where class.relkind in ('r', 'm') and class.relpersistence <> 't'
            and namespace.nspname <> 'information_schema' and namespace.nspname !~ '^pg_'
        ) as every
      ) as ordered
    ) as ranked on true
    group by ranked.relid, ranked.schema, ranked."table", database.oldest_age`;
}
