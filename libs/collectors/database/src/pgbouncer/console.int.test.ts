import { startPgBouncer, startPostgres, unavailable } from '@omninode/local-services';
import type { PgBouncerServer, PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../testing/ask.js';
import { hold } from '../testing/hold.js';
import { watchServer } from '../testing/watch-server.js';

const soon = { timeout: 15_000, interval: 30 };
const pool = 'orders/omninode';
const waiting = `omninode_database_connection_pool_waiting_requests{pool="${pool}"}`;
const saturation = `omninode_database_connection_pool_saturation_ratio{pool="${pool}"}`;
const longest = `omninode_database_connection_pool_longest_wait_seconds{pool="${pool}"}`;
const queries = 'omninode_database_pooler_queries_total{database="orders"}';

describe.skipIf(unavailable('pgbouncer'))('the console of PgBouncer', () => {
  let server: PostgresServer;
  let pooler: PgBouncerServer;
  beforeAll(async () => {
    server = await startPostgres({ databases: ['orders'], authentication: { password: 's3cret' } });
    pooler = await startPgBouncer(server, {
      databases: { orders: `host=${server.host} port=${server.port}` },
      settings: { default_pool_size: 2, max_client_conn: 40 },
    });
  });
  afterAll(async () => {
    await pooler.stop();
    await server.stop();
  });

  const orders = () => pooler.url('omninode', 'orders');

  test('tells of waits below a second, and of clients that wait for each connection', async () => {
    const watched = watchServer(pooler.consoleUrl());
    const [first, second] = [await hold(orders(), 'begin'), await hold(orders(), 'begin')];
    const more = await Promise.all([1, 2, 3].map(() => hold(orders(), '')));
    await Promise.all([first.run('select 1'), second.run('select 1')]);
    const answers = more.map((session) => session.run('select 1'));
    await expect.poll(() => watched.latest(waiting), soon).toBe(3);
    await expect.poll(() => watched.latest(longest), soon).toBeGreaterThan(0);
    expect(watched.values(longest).some((wait) => wait > 0 && wait < 1)).toBe(true);
    expect(watched.latest(saturation)).toBe(1.5);
    expect(watched.latest(`omninode_active_connections{service="postgresql",pool="${pool}"}`)).toBe(2);
    expect(watched.latest(`omninode_max_connections{service="postgresql",pool="${pool}"}`)).toBe(2);
    await first.run('rollback');
    await second.run('rollback');
    await Promise.all(answers);
    await expect.poll(() => watched.latest(waiting), soon).toBe(0);
    expect([watched.latest(saturation), watched.latest(longest)]).toEqual([0, 0]);
    await expect
      .poll(() => watched.latest(`omninode_database_connection_pool_connections{pool="${pool}",state="idle"}`), soon)
      .toBe(2);
    const series = Object.keys(Object.assign({}, ...watched.writer.passes.map(({ points }) => points)) as object);
    expect(series.filter((name) => name.includes('pgbouncer'))).toEqual([]); // the console is no pool of theirs
  });

  test('answers three families, by SHOW over one connection; the others say why not, and it stays up (T2)', async () => {
    const watched = watchServer(pooler.consoleUrl());
    for (const family of ['availability', 'connections', 'pooler']) {
      await expect.poll(() => watched.status(family), soon).toBe('ok');
    }
    for (const family of ['load', 'statements', 'tables', 'replication']) {
      await expect.poll(() => watched.status(family), soon).toBe('unsupported');
      expect(watched.reason(family)).toContain('Make the server behind it a target too.');
    }
    await expect.poll(() => watched.latest('omninode_database_pooler_clients_max'), soon).toBe(40);
    expect(watched.latest('omninode_database_pooler_default_pool_size')).toBe(2);
    await expect.poll(() => watched.latest('omninode_collector_target_up'), soon).toBe(1);
    expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
  });

  test('what an operator sets at run time is told as it is in force', async () => {
    const watched = watchServer(pooler.consoleUrl());
    await expect.poll(() => watched.latest('omninode_database_pooler_default_pool_size'), soon).toBe(2);
    await ask(pooler.consoleUrl('admin'), 'SET default_pool_size=7');
    await expect.poll(() => watched.latest('omninode_database_pooler_default_pool_size'), soon).toBe(7);
    await ask(pooler.consoleUrl('admin'), 'PAUSE orders');
    await expect
      .poll(() => watched.latest('omninode_database_pooler_database_paused{database="orders"}'), soon)
      .toBe(1);
    await ask(pooler.consoleUrl('admin'), 'RESUME orders');
    await ask(pooler.consoleUrl('admin'), 'RELOAD'); // takes back what was set
    await expect.poll(() => watched.latest('omninode_database_pooler_default_pool_size'), soon).toBe(2);
    await expect
      .poll(() => watched.latest('omninode_database_pooler_database_paused{database="orders"}'), soon)
      .toBe(0);
  });

  test.each([
    ['a wrong password', (url: string) => url.replace('s3cret', 'wr0ng')],
    ['a user outside stats_users', (url: string) => url.replace('monitor', 'plain')],
  ])('%s is auth_failed with the next step', async (_, wrong) => {
    const watched = watchServer(wrong(pooler.consoleUrl()));
    await expect.poll(() => watched.status('availability'), soon).toBe('auth_failed');
    expect(watched.reason('availability')).toMatch(
      /^PgBouncer at 127\.0\.0\.1:\d+ refused the login of .* stats_users/,
    );
    expect(JSON.stringify([watched.writer.passes, watched.logger.lines])).not.toMatch(/s3cret|wr0ng/);
  });

  test('a server that is taken for a console, and the other way round, say so', async () => {
    const console_ = watchServer(server.url('omninode'), { target: { pgbouncer: true } });
    await expect.poll(() => console_.status('availability'), soon).toBe('permission');
    expect(console_.reason('availability')).toContain('does not answer SHOW VERSION');
    const server_ = watchServer(pooler.consoleUrl(), { target: { pgbouncer: false } });
    await expect.poll(() => server_.status('availability'), soon).not.toBe('ok');
    await expect.poll(() => server_.latest('omninode_collector_target_up'), soon).toBe(0);
  });

  test('killed and started again: unreachable, then all is well, and its totals have a new start', async () => {
    await ask(orders(), 'select 1; select 2; select 3');
    const watched = watchServer(pooler.consoleUrl());
    const starts = () => [...new Set(watched.writer.passes.flatMap(({ starts: told }) => told[queries] ?? []))];
    await expect.poll(() => watched.latest(queries), soon).toBeGreaterThan(0);
    const before = watched.latest(queries) as number;
    expect(starts()).toEqual([]); // since when it counts it does not say
    const atMs = Date.now();
    await pooler.kill();
    await expect.poll(() => watched.status('availability'), soon).toBe('unreachable');
    expect(watched.reason('availability')).toContain('Start PgBouncer');
    await pooler.restart();
    await expect.poll(() => watched.status('pooler'), soon).toBe('ok');
    await ask(orders(), 'select 1');
    await expect.poll(() => watched.latest(queries), soon).toBeLessThan(before);
    expect(starts()).toHaveLength(1);
    expect(Math.abs((starts()[0] as number) - atMs)).toBeLessThan(3_000);
  });
});
