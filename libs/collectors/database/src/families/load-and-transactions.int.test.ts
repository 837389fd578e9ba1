import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { hold } from '../testing/hold.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const active = (wait: string) => `omninode_database_active_sessions{wait="${wait}"}`;
const oldest = (state: string) => `omninode_database_oldest_transaction_seconds{state="${state}"}`;
const horizon = (cause: string) => `omninode_database_horizon_age{cause="${cause}"}`;

describe.each([18, 'debian-15'] as const)('load and transactions of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ version, settings: { max_prepared_transactions: 2, wal_level: 'logical' } });
    await ask(server.url(), 'create table item (id int)');
  });
  afterAll(() => server.stop());

  test('sessions that run are counted by what they wait for, against the knee of the cores', async () => {
    const watched = watchServer(server.url('omninode'), { target: { cores: 2 } });
    await expect.poll(() => watched.latest('omninode_database_load_ratio'), soon).toBe(0);
    expect(watched.latest('omninode_database_active_sessions_knee')).toBe(5);
    const sleepers = await Promise.all([1, 2, 3].map(() => hold(server.url(), 'select 1')));
    const slept = sleepers.map((session) => session.run('select pg_sleep(2)'));
    await expect.poll(() => watched.latest(active('timeout')), soon).toBe(3);
    expect(watched.latest('omninode_database_load_ratio')).toBe(0.6);
    const busy = await hold(server.url(), 'select 1');
    const counted = busy.run('select count(*) from generate_series(1, 4000) a, generate_series(1, 10000) b');
    await expect.poll(() => Math.max(...watched.values(active('cpu'))), soon).toBeGreaterThanOrEqual(1);
    await Promise.all([...slept, counted]);
    await expect.poll(() => watched.latest(active('timeout')), soon).toBe(0);
  });

  test('who waits for its client is active and no load; without cores there is no knee', async () => {
    const watched = watchServer(server.url('omninode'));
    const slow = await hold(server.url(), 'select 1');
    const sent = slow.run(`select repeat('x', 1000) from generate_series(1, 100000)`).catch(() => undefined);
    slow.stopReading();
    await expect.poll(() => watched.latest(active('client')), soon).toBe(1);
    expect(watched.latest('omninode_database_active_sessions_knee')).toBeUndefined();
    expect(watched.latest('omninode_database_load_ratio')).toBeUndefined();
    const other = watchServer(server.url('omninode'), { target: { cores: 1 } });
    await expect.poll(() => other.latest(active('client')), soon).toBe(1);
    expect(other.latest('omninode_database_load_ratio')).toBe(0);
    await slow.end();
    await sent;
  });

  test('the oldest transaction by state, prepared ones, and what holds the horizon back by cause', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(oldest('prepared')), soon).toBe(0);
    await ask(server.url(), `begin; insert into item values (1); prepare transaction 'one'`);
    const idle = await hold(server.url(), 'begin isolation level repeatable read; select 1');
    const failed = await hold(server.url(), 'begin');
    await failed.run('select 1 / 0').catch(() => undefined);
    for (let at = 0; at < 5; at++) await ask(server.url(), 'select txid_current()');
    await expect.poll(() => watched.latest('omninode_database_prepared_transactions'), soon).toBe(1);
    for (const state of ['prepared', 'idle_in_transaction', 'idle_in_transaction_aborted']) {
      await expect.poll(() => watched.latest(oldest(state)), soon).toBeGreaterThan(0.1);
    }
    expect(watched.latest(oldest('active'))).toBe(0);
    await expect.poll(() => watched.latest(horizon('session')), soon).toBeGreaterThanOrEqual(5);
    expect(watched.latest(horizon('prepared'))).toBeGreaterThanOrEqual(5);
    expect(watched.latest(horizon('replica'))).toBe(0);
    await idle.run('rollback');
    await failed.run('rollback');
    await ask(server.url(), `rollback prepared 'one'`);
    await expect.poll(() => watched.latest(horizon('prepared')), soon).toBe(0);
    await expect.poll(() => watched.latest(oldest('idle_in_transaction')), soon).toBe(0);
    await ask(server.url(), `select pg_create_logical_replication_slot('late', 'test_decoding')`);
    for (let at = 0; at < 5; at++) await ask(server.url(), 'select txid_current()');
    await expect.poll(() => watched.latest(horizon('slot')), soon).toBeGreaterThanOrEqual(5);
    await expect.poll(() => watched.latest('omninode_database_slots{kind="logical"}'), soon).toBeGreaterThanOrEqual(1);
    await ask(server.url(), 'select pg_drop_replication_slot(slot_name) from pg_replication_slots');
  });
});
