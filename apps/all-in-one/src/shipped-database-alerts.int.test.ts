import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, startReplica, type PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresSession as session } from './testing/postgres-session.js';
import { again, eventually, startWatching, type WatchingProduct } from './testing/watching-product.js';

/** The shipped rules on real PostgreSQL servers that real collectors watch. */
let crowded: PostgresServer;
let primary: PostgresServer;
let replica: PostgresServer;
let product: WatchingProduct;

beforeAll(async () => {
  [crowded, primary] = await Promise.all([
    startPostgres({ maxConnections: 30 }),
    startPostgres({ databases: ['shop'] }),
  ]);
  replica = await startReplica(primary);
  const database = (id: string, server: PostgresServer) => ({ id, kind: 'database', url: server.url('omninode') });
  product = await startWatching({
    config: {
      targets: [database('crowded', crowded), database('primary', primary), database('replica', replica)],
      collectors: { database: { fastInterval: '1s', mediumInterval: '5s' } },
    },
    minute: 2,
    thresholds: {
      DatabaseReplicationLag: { '> 30': '> 3', '< 10': '< 2' },
      DatabaseLongLockWait: { '> 30': '> 2', '< 5': '< 1' },
      DatabaseLongTransaction: { '> 900': '> 4', '< 600': '< 2' },
    },
  });
});
afterAll(async () => {
  await product?.stop();
  await replica?.stop();
  await Promise.all([crowded?.stop(), primary?.stop()]);
});

const slow = { timeout: 120_000 };

test('Watchdog fires, and nothing else does on servers that are well', slow, async () => {
  await eventually(async () => expect((await product.firing()).map(({ name }) => name)).toContain('Watchdog'));
  await sleep(4_000);
  expect((await product.firing()).map(({ name }) => name)).toEqual(['Watchdog']);
  expect(await (await fetch(`${product.url}/api/v1/rules`)).json()).toMatchObject({ problems: [] });
});

test.concurrent('a server that is full, and one that is gone', slow, async () => {
  const target = { target: 'crowded' };
  await product.proves('DatabaseConnectionPoolExhaustion', target, async () => {
    const sessions = await Promise.all(Array.from({ length: 28 }, () => session(crowded, 'begin')));
    return () => Promise.all(sessions.map((one) => one.end()));
  });
  await product.proves('database_pool_exhaustion', target, async () => {
    const sessions = await Promise.all(Array.from({ length: 28 }, () => session(crowded)));
    return () => Promise.all(sessions.map((one) => one.end()));
  });
  await product.proves('TargetUnreachable', target, async () => {
    await crowded.kill();
    return () => crowded.restart();
  });
});

test.concurrent('statements that have become slow', slow, async () => {
  await product.proves('database_slow_queries', { target: 'primary', database: 'shop' }, async () => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => session(primary, undefined, 'shop')));
    const ends = sessions.map((one) => again(0, () => one.query('select pg_sleep(1.5)')));
    return async () => {
      await Promise.all(ends.map((end) => end()));
      await Promise.all(sessions.map((one) => one.end()));
    };
  });
});

test.concurrent('a session that holds a lock, and one that was forgotten', slow, async () => {
  const target = { target: 'primary' };
  const one = await session(primary, 'create table held ()');
  await product.proves('DatabaseLongLockWait', target, async () => {
    await one.query('begin; lock table held');
    const other = await session(primary);
    const waiting = other.query('select from held');
    return async () => {
      await one.query('rollback');
      await waiting;
      await other.end();
    };
  });
  await product.proves('DatabaseLongTransaction', target, async () => {
    await one.query('begin; select txid_current()');
    return () => one.end();
  });
});

test.concurrent('a replica that falls behind, and one that lost its primary', slow, async () => {
  const there = await session(replica);
  const writer = await session(primary, 'create table written (at timestamptz)');
  await product.proves('DatabaseReplicationLag', { target: 'primary', replica: 'replica' }, async () => {
    await there.query('select pg_wal_replay_pause()');
    const end = again(500, () => writer.query('insert into written values (now())'));
    return async () => {
      await end();
      await there.query('select pg_wal_replay_resume()');
    };
  });
  await product.proves('DatabaseReplicaDisconnected', { target: 'replica' }, async () => {
    const told = await there.query<{ to: string }>(`select quote_literal(current_setting('primary_conninfo')) as to`);
    const connectTo = async (place: string) => {
      await there.query(`alter system set primary_conninfo = ${place}`);
      await there.query('select pg_reload_conf()');
    };
    await connectTo(`''`);
    return () => connectTo(told.rows[0]?.to ?? '');
  });
  await Promise.all([there.end(), writer.end()]);
});
