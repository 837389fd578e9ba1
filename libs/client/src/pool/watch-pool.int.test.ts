import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, unavailable } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import { Client, Pool } from '../testing/real-pg.js';

const server = { service: 'postgresql', pool: 'main' };
const byPool = { pool: 'main' };

describe.skipIf(unavailable('postgres'))('a pool of pg on a real server', () => {
  let postgres: PostgresServer;
  const pools: pg.Pool[] = [];
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.end()));
  });
  afterAll(() => postgres.stop());

  function rig(options: pg.PoolConfig = {}) {
    const pool = new Pool({ connectionString: postgres.url(), max: 2, ...options });
    pools.push(pool);
    const { client, ...rest } = clientRig();
    const watch = client.watchPool('main', pool);
    return { pool, client, watch, ...rest };
  }

  test('in use, idle, waiting and the largest size are told as they are at each pass', async () => {
    const { pool, bus, pass } = rig();
    const held = [await pool.connect(), await pool.connect()];
    const waiting = pool.query('select 1');
    await pass();
    expect(bus.value('omninode_active_connections', server)).toBe(2);
    expect(bus.value('omninode_max_connections', server)).toBe(2);
    expect(bus.value('omninode_database_connection_pool_waiting_requests', byPool)).toBe(1);
    expect(bus.value('omninode_database_connection_pool_connections', { ...byPool, state: 'idle' })).toBe(0);
    for (const connection of held) connection.release();
    await waiting;
    pool.options.max = 5;
    await pass();
    expect(bus.value('omninode_active_connections', server)).toBe(0);
    expect(bus.value('omninode_max_connections', server)).toBe(5);
    expect(bus.value('omninode_database_connection_pool_connections', { ...byPool, state: 'idle' })).toBe(2);
    expect(bus.value('omninode_database_connection_pool_opened_total', byPool)).toBe(2);
  });

  test('waits and uses are timed, by promise, by callback and by query', async () => {
    const { pool, bus, pass } = rig({ max: 1 });
    const held = await pool.connect();
    const queued = pool.query('select pg_sleep(0.02)');
    const called = new Promise<void>((resolve, reject) => {
      pool.connect((error, connection, release) => {
        if (error || !connection) return reject(error ?? new Error('no connection'));
        release();
        resolve();
      });
    });
    await sleep(30);
    held.release();
    await Promise.all([queued, called]);
    await pass();
    expect(bus.count('omninode_database_connection_pool_wait_seconds', byPool)).toBe(3);
    expect(bus.count('omninode_database_connection_pool_use_seconds', byPool)).toBe(3);
    // Two waited for the first one's 30 ms, the last for the 20 ms of the query too.
    const waited = bus.sum('omninode_database_connection_pool_wait_seconds', byPool);
    expect(waited).toBeGreaterThan(0.03 + 0.03 + 0.02 - 0.005);
    expect(waited).toBeLessThan(3);
    expect(bus.sum('omninode_database_connection_pool_use_seconds', byPool)).toBeGreaterThan(0.045);
  });

  test('a connection that the pool takes itself, to close it, was not in use', async () => {
    const { pool, bus, pass } = rig({ maxLifetimeSeconds: 0.03 });
    (await pool.connect()).release();
    await once(pool, 'remove');
    await pass();
    expect(bus.count('omninode_database_connection_pool_use_seconds', byPool)).toBe(1);
    expect(bus.value('omninode_database_connection_pool_closed_total', byPool)).toBe(1);
  });

  test('results, errors and the way they come are those of the pool', async () => {
    const { pool } = rig({ max: 1, connectionTimeoutMillis: 500 });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await expect(pool.query('select nonsense')).rejects.toMatchObject({ code: '42703' });
    const connection = await pool.connect();
    expect((await connection.query('select 2 as two')).rows).toEqual([{ two: 2 }]);
    await expect(pool.connect()).rejects.toThrow('timeout exceeded when trying to connect');
    connection.release();
    expect(() => connection.release()).toThrow('already been released');
  });

  test('who got no connection is counted by why', async () => {
    const { pool, bus, pass } = rig({ max: 1, connectionTimeoutMillis: 500 });
    const held = await pool.connect();
    await expect(pool.query('select 1')).rejects.toThrow();
    held.release();
    await pass();
    const total = (error_type: string) =>
      bus.value('omninode_database_connection_pool_errors_total', { ...byPool, error_type });
    expect(total('PoolTimeoutError')).toBe(1);

    const nobody = rig({ connectionString: 'postgres://u:hunter2@127.0.0.1:1/x' });
    await expect(nobody.pool.query('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await nobody.pass();
    expect(nobody.bus.series('omninode_database_connection_pool_errors_total')).toEqual([
      'omninode_database_connection_pool_errors_total{error_type="ECONNREFUSED",pool="main"}',
    ]);
    expect(JSON.stringify(nobody.bus.records)).not.toContain('hunter2');
  });

  test('a connection that breaks while idle is counted, and is still the error of the host', async () => {
    const { pool, bus, pass } = rig();
    await pool.query('select 1');
    const heard = once(pool, 'error');
    // Node's once() would fail by the error that comes before.
    const removed = new Promise((resolve) => void pool.once('remove', resolve));
    const admin = new Client(postgres.url());
    await admin.connect();
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
      ['client backend'],
    );
    await admin.end();
    const [error] = (await heard) as [{ code: string }];
    expect(error.code).toBe('57P01');
    await removed;
    await pass();
    expect(bus.value('omninode_database_connection_pool_errors_total', { ...byPool, error_type: '57P01' })).toBe(1);
    expect(bus.value('omninode_database_connection_pool_closed_total', byPool)).toBe(1);
    // Had the watch made itself a listener of `error`, a host without one would not hear of it by its end.
    expect(pool.listenerCount('error')).toBe(0);
  });

  test('after its watch is stopped the pool is left as it was', async () => {
    const { pool, watch, bus, pass } = rig();
    watch.stop();
    expect(Object.hasOwn(pool, 'connect')).toBe(false);
    expect(['connect', 'remove', 'release'].map((event) => pool.listenerCount(event))).toEqual([0, 0, 0]);
    await pool.query('select 1');
    await pass();
    expect(bus.series('omninode_active_connections')).toEqual([]);
  });

  test('a second pool of the same name is left alone and told of', async () => {
    const { client, problems } = rig();
    const other = new Pool({ connectionString: postgres.url() });
    pools.push(other);
    client.watchPool('main', other);
    expect(Object.hasOwn(other, 'connect')).toBe(false);
    expect(problems).toEqual([expect.objectContaining({ code: 'NAME_IN_USE' })]);
  });

  test('what is no pool is told of and left alone', () => {
    const { client, problems } = clientRig();
    for (const [nth, wrong] of [
      undefined,
      null,
      {},
      { connect() {} },
      Object.freeze({ connect() {}, totalCount: 1 }),
    ].entries()) {
      client.watchPool(`wrong ${nth}`, wrong as never).stop();
    }
    expect(problems).toHaveLength(5);
  });
});
