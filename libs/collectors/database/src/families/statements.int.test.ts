import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const calls = 'omninode_database_queries_total{database="orders"}';
const time = 'omninode_database_query_time_seconds_total{database="orders"}';

type Watched = ReturnType<typeof watchServer>;
const ranked = (watched: Watched) =>
  watched.writer.events('database.statement_ranking').map(({ attributes }) => attributes);
const rankedLike = (watched: Watched, text: string) =>
  ranked(watched).filter(({ query }) => String(query).includes(text));
const passes = (watched: Watched) => watched.values('omninode_database_statement_entries').length;
async function nextPasses(watched: Watched, count: number): Promise<void> {
  const seen = passes(watched);
  await expect.poll(() => passes(watched), soon).toBeGreaterThanOrEqual(seen + count);
}

describe.each([18, 'debian-15'] as const)('statements of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let orders: string;
  beforeAll(async () => {
    server = await startPostgres({ version, databases: ['orders'], settings: { 'pg_stat_statements.max': 100 } });
    orders = server.url('postgres', 'orders');
    await ask(orders, 'create table item as select generate_series(1, 1000) as id');
  });
  afterAll(() => server.stop());
  const call = (text: string, times: number) => ask(orders, Array.from({ length: times }, () => text).join(';'));

  test('the past before the first pass is nobody’s interval (P3)', async () => {
    await call('select count(*) from item where id < 1', 40);
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => passes(watched), soon).toBeGreaterThan(1);
    expect(watched.values(calls)[0]).toBe(0);
    expect(rankedLike(watched, 'item where id <')).toEqual([]);
  });

  test('an interval’s dearest statements come with their own counts, key and text, ours never (P1, P9)', async () => {
    await call('select count(*) from item where id > 7', 1);
    const watched = watchServer(server.url('omninode'));
    await nextPasses(watched, 2);
    await call('select count(*) from item where id > 7', 30);
    await expect.poll(() => rankedLike(watched, 'id > $1').length, soon).toBe(1);
    const [event] = rankedLike(watched, 'id > $1');
    expect(event).toMatchObject({
      calls: 30,
      rows: 30,
      database: 'orders',
      user: 'postgres',
      is_top_level: true,
      is_lossy: false,
    });
    expect(event?.query).toBe('select count(*) from item where id > $1');
    expect(event?.mean_seconds).toBeCloseTo((event?.seconds as number) / 30);
    expect(event?.rank_calls).toBeGreaterThanOrEqual(1);
    expect(Object.keys(event ?? {})).toEqual(expect.arrayContaining(['user_id', 'database_id', 'query_id']));
    await nextPasses(watched, 3);
    expect(rankedLike(watched, 'id > $1')).toHaveLength(1); // once, in its interval
    const ours = /pg_stat_|set_config|pg_is_in_recovery/;
    expect(ranked(watched).filter(({ query }) => query === undefined || ours.test(String(query)))).toEqual([]);
    const [first, ...rest] = watched.values(calls);
    expect(rest.every((value, at) => value >= ([first, ...rest][at] as number))).toBe(true);
    expect(watched.latest(time)).toBeGreaterThan(0);
  });

  test('two entries that differ in toplevel alone are two (P1)', async () => {
    await ask(
      orders,
      `create or replace function counted() returns bigint language plpgsql as $$
      begin return (select count(*) from item where id = 77); end $$`,
    );
    const both = `set pg_stat_statements.track = 'all'; select counted(); select (select count(*) from item where id = 77)`;
    await ask(orders, both);
    const watched = watchServer(server.url('omninode'));
    await nextPasses(watched, 2);
    await ask(orders, both);
    await expect.poll(() => rankedLike(watched, 'id = $1').length, soon).toBeGreaterThanOrEqual(2);
    const events = rankedLike(watched, 'id = $1');
    expect(new Set(events.map(({ is_top_level }) => is_top_level))).toEqual(new Set([true, false]));
    expect(new Set(events.map(({ query_id }) => query_id)).size).toBe(1);
  });

  test('a reset by somebody else gives no giant and no negative delta (P4)', async () => {
    await call('select count(*) from item where id in (1, 2)', 60);
    const watched = watchServer(server.url('omninode'));
    await nextPasses(watched, 2);
    const before = watched.latest(calls) as number;
    await ask(server.url(), 'select pg_stat_statements_reset()');
    await call('select count(*) from item where id in (1, 2)', 5);
    await nextPasses(watched, 3);
    const gained = (watched.latest(calls) as number) - before;
    expect(gained).toBeGreaterThanOrEqual(5);
    expect(gained).toBeLessThan(60);
    const [event] = rankedLike(watched, 'item where id in');
    expect(event).toMatchObject({ calls: 5, is_lossy: true });
  });

  test('an entry that was thrown out and came back counts from its new beginning (P2)', async () => {
    const watched = watchServer(server.url('omninode'));
    await call('select count(*) from item where id < 500 and id > 3', 50);
    await nextPasses(watched, 3);
    const flood = Array.from(
      { length: 250 },
      (_, at) => `select ${Array.from({ length: at + 1 }, () => '1').join(' + ')} from item limit 0`,
    );
    for (const text of flood) await ask(orders, `${text}; ${text}`);
    await call('select count(*) from item where id < 500 and id > 3', 2);
    await expect.poll(() => watched.latest('omninode_database_statement_evictions_total'), soon).toBeGreaterThan(0);
    await nextPasses(watched, 3);
    const events = rankedLike(watched, 'id > $2');
    expect(events.reduce((sum, event) => sum + (event.calls as number), 0)).toBeLessThanOrEqual(52);
    expect(ranked(watched).some(({ is_lossy }) => is_lossy)).toBe(true);
    expect(Math.min(...ranked(watched).map((event) => event.calls as number))).toBeGreaterThanOrEqual(0);
  });

  test('a server that crashed and came back: a new baseline, nothing negative, nothing giant', async () => {
    await call('select count(*) from item where id < 9', 80);
    const watched = watchServer(server.url('omninode'));
    await nextPasses(watched, 2);
    const before = watched.latest(calls) as number;
    await server.kill();
    await server.restart();
    await expect.poll(() => watched.status('statements'), soon).toBe('ok');
    await nextPasses(watched, 2);
    const gained = (watched.latest(calls) as number) - before;
    expect(gained).toBeGreaterThanOrEqual(0);
    expect(gained).toBeLessThan(80);
  });

  test('without the extension: unsupported with the next step, and ok as soon as it is there', async () => {
    await ask(server.url(), 'drop extension pg_stat_statements');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('statements'), soon).toBe('unsupported');
    await expect
      .poll(() => watched.reason('statements'), soon)
      .toBe(
        'The extension pg_stat_statements is missing. Run CREATE EXTENSION pg_stat_statements in database postgres.',
      );
    await expect.poll(() => watched.status('database-statistics'), soon).toBe('ok');
    await ask(server.url(), 'create schema tools; create extension pg_stat_statements schema tools');
    await expect
      .poll(() => watched.reason('statements'), soon)
      .toContain('Run GRANT USAGE ON SCHEMA tools TO omninode');
    await ask(server.url(), 'grant usage on schema tools to omninode');
    await expect.poll(() => watched.status('statements'), soon).toBe('ok');
    await ask(server.url(), 'drop extension pg_stat_statements'); // dropped under an open connection
    await expect.poll(() => watched.status('statements'), soon).toBe('unsupported');
    await ask(server.url(), 'drop schema tools; create extension pg_stat_statements');
    await expect.poll(() => watched.status('statements'), soon).toBe('ok');
  });

  test.each(['1.8', '1.9'])(
    'the extension’s own version %s decides about the columns, not the server’s (P7)',
    async (old) => {
      await ask(
        server.url(),
        `drop extension pg_stat_statements; create extension pg_stat_statements version '${old}'; select pg_stat_statements_reset()`,
      );
      await call('select count(*) from item where id <> 4', 1);
      const watched = watchServer(server.url('omninode'), { maxConnectionAgeMs: 2_000 });
      await expect.poll(() => watched.status('statements'), soon).toBe('ok');
      await nextPasses(watched, 2);
      await call('select count(*) from item where id <> 4', 6);
      await expect.poll(() => rankedLike(watched, 'id <> $1'), soon).toMatchObject([{ calls: 6 }]);
      const before = watched.latest(calls) as number;
      await ask(server.url(), 'alter extension pg_stat_statements update');
      await expect.poll(() => watched.latest('omninode_database_statement_evictions_total'), soon).toBeDefined();
      await nextPasses(watched, 2);
      await expect.poll(() => watched.status('statements'), soon).toBe('ok');
      expect((watched.latest(calls) as number) - before).toBeLessThan(20);
    },
  );

  test('a role without pg_monitor: permission, not a sum over nameless rows (P16)', async () => {
    const watched = watchServer(server.url('plain'));
    await expect.poll(() => watched.status('statements'), soon).toBe('permission');
    await expect
      .poll(() => watched.reason('statements'), soon)
      .toBe('Role plain may not see the statements of others. Run GRANT pg_monitor TO plain.');
    expect(watched.latest(calls)).toBeUndefined();
    await ask(server.url(), 'grant pg_monitor to plain');
    await expect.poll(() => watched.status('statements'), soon).toBe('ok');
    await ask(server.url(), 'revoke pg_monitor from plain');
  });
});

test('a server that does not load the module says what to do', async () => {
  const server = await startPostgres({ settings: { shared_preload_libraries: '' } });
  const watched = watchServer(server.url('omninode'));
  await expect.poll(() => watched.status('statements'), soon).toBe('unsupported');
  await expect
    .poll(() => watched.reason('statements'), soon)
    .toContain('Add it to shared_preload_libraries, restart the server');
  await expect.poll(() => watched.status('connections'), soon).toBe('ok');
  await server.stop();
});
