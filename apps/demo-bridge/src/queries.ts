import type { Pool, PoolClient } from 'pg';
import type { HookEvent } from './hooks/hook-event.js';

/** How many resources there are rules for, `resource-1` and so on. */
export const resources = 400;

export interface StoredHook {
  readonly id: string;
  /** Of the request that brought it, and of the one that processed it: the same, however many services it passed. */
  readonly request_id: string;
  readonly processed_request_id: string | null;
  readonly processed: boolean;
}

/** What is to be done with hooks of a resource. */
export interface Rule {
  readonly resource: string;
  readonly retention_days: number;
  readonly notify: string;
}

/** The tables by the platform's names, and the rules; does nothing where they exist. */
export async function prepareTables(pool: Pool): Promise<void> {
  await pool.query(`
    create table if not exists hook_events (
      id uuid primary key, source text not null, action text not null, resource text not null, payload jsonb not null,
      request_id text not null, processed_request_id text, processed boolean not null default false,
      retry_count int not null default 0, received_at timestamptz not null default now());
    create index if not exists hook_events_by_time on hook_events (received_at);
    create table if not exists service_sessions (
      source text primary key, status text not null, hooks bigint not null default 0, last_seen timestamptz not null);
    create table if not exists hook_rules (resource text primary key, retention_days int not null, notify text not null);
    insert into hook_rules select 'resource-' || n, 1 + n % 30, 'team-' || n % 12 from generate_series(1, ${resources}) n
      on conflict do nothing;`);
}

export async function insertHook(pool: Pool, id: string, requestId: string, event: HookEvent): Promise<void> {
  const { metadata, payload } = event;
  await pool.query(
    `with hook as (
       insert into hook_events (id, source, action, resource, payload, request_id) values ($1, $2, $3, $4, $5, $6) returning source)
     insert into service_sessions (source, status, hooks, last_seen) select source, 'active', 1, now() from hook
     on conflict (source) do update set hooks = service_sessions.hooks + 1, last_seen = now()`,
    [id, metadata.source, payload.action, payload.resource_id, payload.data, requestId],
  );
}

export async function markProcessed(pool: Pool, id: string, requestId: string): Promise<void> {
  await pool.query('update hook_events set processed = true, processed_request_id = $2 where id = $1', [id, requestId]);
}

export async function findHook(pool: Pool, id: string): Promise<StoredHook | undefined> {
  const { rows } = await pool.query<StoredHook>(
    'select id, request_id, processed_request_id, processed from hook_events where id = $1',
    [id],
  );
  return rows[0];
}

export async function findRule(pool: Pool, resource: string): Promise<Rule | undefined> {
  const { rows } = await pool.query<Rule>(
    'select resource, retention_days, notify from hook_rules where resource = $1',
    [resource],
  );
  return rows[0];
}

export async function activeSessions(pool: Pool): Promise<readonly unknown[]> {
  const { rows } = await pool.query(
    `select source, status, hooks, last_seen from service_sessions where last_seen > now() - interval '10 minutes'
     order by last_seen desc limit 50`,
  );
  return rows;
}

export async function hooksBySource(pool: Pool): Promise<readonly unknown[]> {
  const { rows } = await pool.query(
    `select source, action, count(*)::int as hooks, count(*) filter (where processed)::int as processed
     from hook_events where received_at > now() - interval '15 minutes' group by source, action order by hooks desc`,
  );
  return rows;
}

/** The report that nobody should run: it takes its time. */
export async function slowReport(pool: Pool, seconds: number): Promise<void> {
  await pool.query('select count(*), max(length(payload::text)), pg_sleep($1) from hook_events', [seconds]);
}

export async function deleteOldHooks(pool: Pool): Promise<void> {
  await pool.query(`delete from hook_events where received_at < now() - interval '1 hour'`);
}

/** A transaction that reads something and is left open. */
export async function beginAndForget(connection: PoolClient): Promise<void> {
  await connection.query('begin');
  await connection.query('select count(*) from service_sessions');
}
