import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { hold } from '../testing/hold.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const blocked = 'omninode_database_blocked_sessions';
const blocking = 'omninode_database_blocking_sessions';
const longest = 'omninode_database_longest_lock_wait_seconds';

describe.each([18, 'debian-15'] as const)('blocking on PostgreSQL %s', (version) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ version, settings: { max_prepared_transactions: 2 } });
    await ask(server.url(), 'create table item as select generate_series(1, 3) as id');
  });
  afterAll(() => server.stop());

  const events = (watched: ReturnType<typeof watchServer>) =>
    watched.writer.events('database.session_blocks').map(({ attributes }) => attributes);

  test('a chain of sessions has one root, told once, and how long the longest waits', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(blocked), soon).toBe(0);
    expect([watched.latest(longest), watched.latest(blocking)]).toEqual([0, 0]);
    const root = await hold(server.url('plain'), 'begin');
    await ask(server.url(), 'grant all on item to plain');
    await root.run('update item set id = 1 where id = 1');
    const second = await hold(server.url(), 'begin; update item set id = 2 where id = 2');
    const third = await hold(server.url(), 'begin');
    const waiting = [
      second.run('update item set id = 9 where id = 1'),
      third.run('update item set id = 9 where id = 2'),
    ];
    await expect.poll(() => watched.latest(blocked), soon).toBe(2);
    await expect.poll(() => watched.latest(blocking), soon).toBe(1);
    await expect.poll(() => watched.latest(longest), soon).toBeGreaterThan(0.5);
    expect(watched.latest(longest)).toBeLessThan(30);
    const passes = watched.values(blocked).length;
    await expect.poll(() => watched.values(blocked).length, soon).toBeGreaterThan(passes + 2);
    expect(events(watched)).toMatchObject([
      {
        blocked: 1,
        state: 'idle in transaction',
        database: 'postgres',
        user: 'plain',
        pid: expect.any(Number) as number,
      },
    ]);
    await root.run('rollback');
    await waiting[0];
    await second.run('rollback');
    await waiting[1];
    await third.run('rollback');
    await expect.poll(() => watched.latest(blocked), soon).toBe(0);
    expect([watched.latest(longest), watched.latest(blocking)]).toEqual([0, 0]);
    await expect.poll(() => watched.status('blocking'), soon).toBe('ok');
  });

  test('a prepared transaction that nobody sees in pg_stat_activity is found as what blocks', async () => {
    await ask(server.url(), `begin; update item set id = 3 where id = 3; prepare transaction 'forgotten'`);
    const waiting = await hold(server.url(), 'select 1');
    const update = waiting.run('update item set id = 4 where id = 3');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(blocking), soon).toBe(1);
    expect(events(watched)).toMatchObject([{ blocked: 1, state: 'prepared' }]);
    expect(events(watched)[0]).not.toHaveProperty('pid');
    await ask(server.url(), `rollback prepared 'forgotten'`);
    await update;
  });

  test('while nobody waits one cheap question is asked, and pg_blocking_pids never', async () => {
    await ask(server.url(), 'create extension if not exists pg_stat_statements; select pg_stat_statements_reset()');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.values(blocked).length, soon).toBeGreaterThan(4);
    const asked = await ask(
      server.url(),
      `select count(*) from pg_stat_statements where query like '%omninode-mesh:blocking%' and query like '%pg_blocking_pids%'`,
    );
    expect(asked).toEqual([{ count: '0' }]);
  });

  test('a role without pg_monitor: permission, and nothing rather than 0 (P16)', async () => {
    const watched = watchServer(server.url('plain'));
    for (const family of ['blocking', 'load', 'transactions', 'replication']) {
      await expect.poll(() => watched.status(family), soon).toBe('permission');
      expect(watched.reason(family)).toBe(
        'Role plain may not see the sessions of others. Run GRANT pg_monitor TO plain.',
      );
    }
    expect(watched.latest(blocked)).toBeUndefined();
    await ask(server.url(), 'grant pg_monitor to plain');
    await expect.poll(() => watched.status('blocking'), soon).toBe('ok');
    await ask(server.url(), 'revoke pg_monitor from plain');
  });
});
