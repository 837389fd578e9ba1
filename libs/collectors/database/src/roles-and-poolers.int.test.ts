import { startPgBouncer, startPostgres, startReplica, unavailable } from '@omninode/local-services';
import { expect, test } from 'vitest';
import { ask } from './testing/ask.js';
import { watchServer } from './testing/watch-server.js';

const soon = { timeout: 15_000, interval: 50 };

test('a replica is watched as one, and its promotion is told under the open connection (P22)', async () => {
  const primary = await startPostgres({ settings: { wal_level: 'replica' } });
  const replica = await startReplica(primary);
  const watched = watchServer(replica.url('omninode'));
  await expect.poll(() => watched.latest('omninode_database_in_recovery'), soon).toBe(1);
  for (const family of ['availability', 'connections', 'database-statistics', 'statements']) {
    await expect.poll(() => watched.status(family), soon).toBe('ok');
  }
  await ask(replica.url(), 'select pg_promote()');
  await expect.poll(() => watched.latest('omninode_database_in_recovery'), soon).toBe(0);
  const changes = watched.writer.events('database.role_changed').map(({ attributes }) => attributes);
  expect(changes).toEqual([{ from: 'replica', to: 'primary' }]);
  expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
  await replica.stop();
  await primary.stop();
});

test.skipIf(unavailable('pgbouncer'))(
  'a pooler in the server’s place is told, and no setting of ours stays in the sessions that it shares (T1)',
  async () => {
    const server = await startPostgres();
    const pooler = await startPgBouncer(server, { settings: { pool_mode: 'transaction', default_pool_size: 1 } });
    const watched = watchServer(pooler.url('omninode', 'postgres'));
    await expect.poll(() => watched.status('availability'), soon).toBe('degraded');
    expect(watched.reason('availability')).toContain("Give the target the server's own address");
    await expect.poll(() => watched.status('statements'), soon).toBe('ok');
    // The pool holds one session for this role, so this is the one that our statements went through.
    const settings = `select current_setting('statement_timeout') as timeout, current_setting('lock_timeout') as lock, current_setting('search_path') as path`;
    expect(await ask(pooler.url('omninode', 'postgres'), settings)).toEqual([
      { timeout: '0', lock: '0', path: '"$user", public' },
    ]);
    await pooler.stop();
    await server.stop();
  },
);
