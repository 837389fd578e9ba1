import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const committed = 'omninode_database_transactions_total{database="orders",outcome="committed"}';
const inserted = 'omninode_database_rows_total{database="orders",operation="inserted"}';

const starts = (watched: ReturnType<typeof watchServer>, series: string) => [
  ...new Set(watched.writer.passes.flatMap(({ starts: told }) => told[series] ?? [])),
];

describe.each([18, 'debian-15'] as const)('database statistics of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let orders: string;
  beforeAll(async () => {
    server = await startPostgres({ version, databases: ['orders'] });
    orders = server.url('postgres', 'orders');
    await ask(orders, 'create table item as select generate_series(1, 1000) as id');
  });
  afterAll(() => server.stop());

  test('count what a database did, exactly, the shared objects by their own name (P12)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(inserted), soon).toBeGreaterThanOrEqual(1_000);
    const before = watched.latest(inserted) as number;
    await ask(orders, 'insert into item select generate_series(1, 250)');
    await expect.poll(() => watched.latest(inserted), soon).toBe(before + 250);
    expect(watched.latest('omninode_database_blocks_hit_total{database="shared"}')).toBeGreaterThan(0);
    await expect.poll(() => watched.status('database-statistics'), soon).toBe('ok');
  });

  test('times are absent, not 0, while the server does not measure them (P10)', async () => {
    const watched = watchServer(server.url('omninode'));
    const readTime = 'omninode_database_block_time_seconds_total{database="orders",operation="read"}';
    await expect.poll(() => watched.latest(committed), soon).toBeGreaterThan(0);
    expect(watched.latest(readTime)).toBeUndefined();
    await ask(server.url(), 'alter system set track_io_timing = on');
    await ask(server.url(), 'select pg_reload_conf()');
    await expect.poll(() => watched.latest(readTime), soon).toBeGreaterThanOrEqual(0);
    await ask(server.url(), 'alter system reset track_io_timing');
  });

  test('a reset by somebody else is a new start, and the server’s word for when (P4)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(inserted), soon).toBeGreaterThanOrEqual(1_000);
    const atMs = Date.now();
    await ask(orders, 'select pg_stat_reset()');
    await expect.poll(() => watched.latest(inserted), soon).toBeLessThan(1_000);
    const [start] = starts(watched, inserted).slice(-1);
    expect(Math.abs((start ?? 0) - atMs)).toBeLessThan(3_000);
  });

  test('the reset of one table is no new start of its database, although stats_reset says so', async () => {
    await ask(orders, 'insert into item select generate_series(1, 300)');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(inserted), soon).toBeGreaterThanOrEqual(300);
    const [resetBefore] = await ask(orders, `select stats_reset from pg_stat_database where datname = 'orders'`);
    await ask(orders, `select pg_stat_reset_single_table_counters('item'::regclass)`);
    const [resetAfter] = await ask(orders, `select stats_reset from pg_stat_database where datname = 'orders'`);
    expect(resetAfter).not.toEqual(resetBefore);
    const passes = watched.values(inserted).length;
    await expect.poll(() => watched.values(inserted).length, soon).toBeGreaterThan(passes + 2);
    expect(starts(watched, inserted).length).toBeLessThanOrEqual(1);
    expect(watched.latest(inserted)).toBeGreaterThanOrEqual(300);
  });

  test('a crash discards the counters: a new start, and no total that goes back under the old one (P4)', async () => {
    await ask(orders, 'insert into item select generate_series(1, 5000)');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(inserted), soon).toBeGreaterThanOrEqual(5_000);
    const atMs = Date.now();
    await server.kill();
    await server.restart();
    await expect.poll(() => watched.latest(inserted), soon).toBeLessThan(5_000);
    const [start] = starts(watched, inserted).slice(-1);
    expect(start).toBeGreaterThan(atMs - 1_000);
  });

  test('a clean restart keeps the counters and their start', async () => {
    await ask(orders, 'insert into item select generate_series(1, 700)');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.latest(inserted), soon).toBeGreaterThanOrEqual(700);
    const before = starts(watched, inserted);
    await server.restart();
    await expect.poll(() => watched.writer.events('database.restarted').length, soon).toBe(1);
    const passes = watched.values(inserted).length;
    await expect.poll(() => watched.values(inserted).length, soon).toBeGreaterThan(passes + 1);
    expect(watched.latest(inserted)).toBeGreaterThanOrEqual(700);
    expect(starts(watched, inserted)).toEqual(before);
  });
});
