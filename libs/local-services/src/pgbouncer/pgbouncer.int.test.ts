import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres } from '../postgres/postgres.js';
import type { PostgresServer } from '../postgres/postgres.js';
import { simpleQuery } from '../postgres/simple-query.js';
import { exchange } from '../process/exchange.js';
import { postgresAnswers, startupMessage } from '../postgres/answers.js';
import { reportMissing } from '../missing.js';
import { missingPgBouncer, startPgBouncer } from './pgbouncer.js';

describe.skipIf(reportMissing('PgBouncer', missingPgBouncer()))('PgBouncer', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test('passes statements on to its server, has a console, and survives kill -9', async () => {
    const pool = await startPgBouncer(server, { settings: { default_pool_size: 3 } });
    expect(pool.url('omninode', 'orders')).toBe(`postgres://omninode@127.0.0.1:${pool.port}/orders`);
    expect(await simpleQuery(pool, 'select current_user, inet_server_port()', 'omninode')).toEqual([
      ['omninode', String(server.port)],
    ]);
    const console = { user: 'monitor', database: 'pgbouncer' };
    const rows = await simpleQuery(pool, 'SHOW CONFIG', console);
    expect(rows.find(([name]) => name === 'default_pool_size')?.[1]).toBe('3');
    expect(pool.consoleUrl()).toBe(`postgres://monitor@127.0.0.1:${pool.port}/pgbouncer`);
    await expect(simpleQuery(pool, 'RELOAD', console)).rejects.toThrow('admin access needed');
    await simpleQuery(pool, 'RELOAD', { ...console, user: 'admin' });

    await pool.kill();
    await pool.restart();
    expect(await simpleQuery(pool, 'select 7')).toEqual([['7']]);
    await pool.stop();
    expect(pool.isRunning).toBe(false);
  });

  test('asks for the password of its server', async () => {
    const locked = await startPostgres({ authentication: { password: 'a "quoted" s3cret' } });
    const pool = await startPgBouncer(locked);
    const { host, port } = pool;
    const request = startupMessage({ user: 'omninode', database: 'postgres' });
    const signal = AbortSignal.timeout(2_000);
    const answer = await exchange({ host, port, request, isComplete: (bytes) => bytes.length > 8, signal });
    expect(answer.toString('latin1')).toContain('SCRAM-SHA-256');
    await postgresAnswers(host, port, signal);
    await Promise.all([pool.stop(), locked.stop()]);
  });
});
