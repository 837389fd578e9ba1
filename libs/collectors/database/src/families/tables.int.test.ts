import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { hold } from '../testing/hold.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 15_000, interval: 50 };
const shops = Array.from({ length: 6 }, (_, at) => `shop_${at}`);
const of = (what: string, database: string, table: string, more = '') =>
  `omninode_database_table_${what}{database="${database}",schema="${table === 'other' ? 'other' : 'public'}",table="${table}"${more}}`;

describe.each([18, 'debian-15'] as const)('tables of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  const inShop = (statements: string, shop = 'shop_0') => ask(server.url('postgres', shop), statements);
  beforeAll(async () => {
    server = await startPostgres({ version, databases: [...shops, `it's "odd"`], settings: { autovacuum: 'off' } });
    for (const shop of shops) {
      await inShop(
        'create table item (id int, name text); insert into item select id from generate_series(1, 100) as id',
        shop,
      );
    }
    for (let at = 0; at < 30; at++) await inShop(`create table quiet_${at} as select 1 as id`);
  });
  afterAll(() => server.stop());

  test('of all databases are read, over two connections at most (P20)', async () => {
    let most = 0;
    const watched = watchServer(server.url('omninode'));
    const count = `select count(*) from pg_stat_activity where application_name = 'omninode-mesh'`;
    while (!watched.latest('omninode_database_tables{database="shop_5"}')) {
      most = Math.max(most, Number((await ask(server.url(), count))[0]?.['count']));
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    for (const shop of shops) await expect.poll(() => watched.latest(of('live_rows', shop, 'item')), soon).toBe(100);
    expect(watched.latest(`omninode_database_tables{database="it's "odd""}`)).toBe(0);
    expect(watched.latest('omninode_database_oldest_relation_age{database="shop_3"}')).toBeGreaterThan(0);
    expect(watched.latest('omninode_database_tables_read_timestamp_seconds{database="shop_3"}')).toBeCloseTo(
      Date.now() / 1000,
      -2,
    );
    expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
    await expect.poll(() => watched.status('tables'), soon).toBe('ok');
  });

  test('what was never vacuumed has no time of it, and no size before it was looked at (P11)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(of('live_rows', 'shop_1', 'item')), soon).toBe(100);
    expect(watched.latest(of('vacuum_timestamp_seconds', 'shop_1', 'item', ',by="user"'))).toBeUndefined();
    expect(watched.latest(of('size_bytes', 'shop_1', 'item'))).toBeUndefined();
    await inShop('delete from item where id > 40', 'shop_1');
    await expect.poll(() => watched.latest(of('dead_rows', 'shop_1', 'item')), soon).toBe(60);
    await inShop('vacuum analyze item', 'shop_1');
    await expect.poll(() => watched.latest(of('dead_rows', 'shop_1', 'item')), soon).toBe(0);
    await expect
      .poll(() => watched.latest(of('vacuum_timestamp_seconds', 'shop_1', 'item', ',by="user"')), soon)
      .toBeCloseTo(Date.now() / 1000, -2);
    expect(watched.latest(of('analyze_timestamp_seconds', 'shop_1', 'item', ',by="user"'))).toBeDefined();
    expect(watched.latest(of('size_bytes', 'shop_1', 'item'))).toBe(8_192); // one page
  });

  test('a table that became hot today is listed before one that was hot all its life, others are in other (P8)', async () => {
    await inShop('create table old_timer as select generate_series(1, 1000) as id');
    for (let at = 0; at < 20; at++) await inShop('select count(*) from old_timer');
    const watched = watchServer(server.url('omninode'));
    const rows = of('sequential_rows_total', 'shop_0', 'item');
    await expect.poll(() => watched.latest(of('live_rows', 'shop_0', 'other')), soon).toBeGreaterThan(10);
    for (let at = 0; at < 3; at++) await inShop('select count(*) from item');
    await expect.poll(() => watched.latest(rows), soon).toBeGreaterThanOrEqual(300);
    const others = of('sequential_scans_total', 'shop_0', 'other');
    const before = watched.latest(others) as number;
    for (let at = 0; at < 20; at++) await inShop(`select count(*) from quiet_${at}`);
    await expect.poll(() => watched.latest(others), soon).toBeGreaterThan(before);
    expect(watched.values(others).every((value, at, all) => value >= (all[at - 1] ?? 0))).toBe(true);
    expect((watched.latest(others) as number) - before).toBeLessThanOrEqual(20);
  });

  test('a table that somebody has locked is read all the same, at once (P18)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('tables'), soon).toBe('ok');
    const locking = await hold(server.url('postgres', 'shop_2'), 'begin; lock table item in access exclusive mode');
    const passes = watched.values(of('live_rows', 'shop_2', 'item')).length;
    await expect.poll(() => watched.values(of('live_rows', 'shop_2', 'item')).length, soon).toBeGreaterThan(passes + 2);
    expect(watched.status('tables')).toBe('ok');
    expect(watched.latest('omninode_collector_family_duration_seconds{family="tables"}')).toBeLessThan(1);
    await locking.run('rollback');
  });

  test('only what was asked for is read, by include and exclude', async () => {
    const target = { includeDatabases: ['shop_1', 'shop_2', `it's "odd"`, 'nowhere'], excludeDatabases: ['shop_2'] };
    const watched = watchServer(server.url('omninode'), { target });
    await expect.poll(() => watched.latest('omninode_database_tables{database="shop_1"}'), soon).toBeDefined();
    const read = Object.keys(Object.assign({}, ...watched.writer.passes.map(({ points }) => points)) as object)
      .filter((series) => series.startsWith('omninode_database_tables{'))
      .toSorted();
    expect(read).toEqual([
      `omninode_database_tables{database="it's "odd""}`,
      'omninode_database_tables{database="shop_1"}',
    ]);
  });

  test('a database that lets nobody in is left out, and one that refuses the login costs only its own tables', async () => {
    await ask(server.url(), 'revoke connect on database shop_3 from public; alter database shop_4 connection limit 0');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('tables'), soon).toBe('degraded');
    expect(watched.reason('tables')).toMatch(/^The tables of database shop_4 could not be read: /);
    await expect.poll(() => watched.latest('omninode_database_tables{database="shop_5"}'), soon).toBe(1);
    expect(watched.latest('omninode_database_tables{database="shop_3"}')).toBeUndefined();
    await ask(server.url(), 'grant connect on database shop_3 to public; alter database shop_4 connection limit -1');
    await expect.poll(() => watched.status('tables'), soon).toBe('ok');
  });

  test('sizes of databases: one that the role may not see does not cost the others (P17); ages of all, templates too', async () => {
    await ask(server.url(), 'revoke connect on database shop_3 from public');
    const watched = watchServer(server.url('plain'));
    await expect.poll(() => watched.status('database-sizes'), soon).toBe('permission');
    expect(watched.reason('database-sizes')).toContain(
      'may not see the size of 1 databases. Run GRANT pg_monitor TO plain.',
    );
    await expect
      .poll(() => watched.latest('omninode_database_size_bytes{database="shop_2"}'), soon)
      .toBeGreaterThan(1_000_000);
    expect(watched.latest('omninode_database_size_bytes{database="shop_3"}')).toBeUndefined();
    const monitor = watchServer(server.url('omninode'));
    await expect
      .poll(() => monitor.latest('omninode_database_size_bytes{database="shop_3"}'), soon)
      .toBeGreaterThan(1_000_000);
    await ask(server.url(), 'grant connect on database shop_3 to public');
    const age = 'omninode_database_frozen_age{database="template0",id="xid"}';
    const before = monitor.latest(age) as number;
    for (let at = 0; at < 5; at++) await ask(server.url(), 'select txid_current()');
    await expect.poll(() => monitor.latest(age), soon).toBeGreaterThanOrEqual(before + 5);
    expect(monitor.latest('omninode_database_frozen_age_ratio{database="template0",id="xid"}')).toBeCloseTo(
      (monitor.latest(age) as number) / 200_000_000,
      9,
    );
  });
});
