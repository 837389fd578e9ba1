import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { exchange } from '../process/exchange.js';
import { findProcess, processesIn, processTree } from '../process/process-table.js';
import { reportMissing } from '../missing.js';
import { postgresAnswers, startupMessage } from './answers.js';
import { startPostgres } from './postgres.js';
import type { PostgresServer } from './postgres.js';
import { missingPrograms } from './programs.js';
import { simpleQuery } from './simple-query.js';

const answers = (server: PostgresServer, deadlineMs = 2_000) =>
  postgresAnswers(server.host, server.port, AbortSignal.timeout(deadlineMs));

describe.each([18, 'debian-15'] as const)('PostgreSQL %s', (version) => {
  const available = test.skipIf(reportMissing(`PostgreSQL ${version}`, missingPrograms(version)));

  available('has the extension and three roles with the right rights, and leaves nothing behind', async () => {
    const server = await startPostgres({
      version,
      databases: ['orders'],
      maxConnections: 30,
      settings: { work_mem: '1234kB' },
    });
    const folder = dirname(server.dataFolder);
    const { pid } = server;

    const rights =
      "select current_user, rolsuper, pg_has_role('pg_monitor', 'member') from pg_roles where rolname = current_user";
    expect(await simpleQuery(server, rights, 'postgres')).toEqual([['postgres', 't', 't']]);
    expect(await simpleQuery(server, rights, 'omninode')).toEqual([['omninode', 'f', 't']]);
    expect(await simpleQuery(server, rights, 'plain')).toEqual([['plain', 'f', 'f']]);
    expect(await simpleQuery(server, 'select count(*) > 0 from pg_stat_statements')).toEqual([['t']]);
    expect(await simpleQuery(server, "select current_setting('max_connections'), current_setting('work_mem')")).toEqual(
      [['30', '1234kB']],
    );
    expect(await simpleQuery(server, "select count(*) from pg_database where datname = 'orders'")).toEqual([['1']]);
    expect(server.url('omninode', 'orders')).toBe(`postgres://omninode@127.0.0.1:${server.port}/orders`);

    await server.stop();
    expect(findProcess(pid)).toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });

  available('survives kill -9 and restarts in the same folder with its data', async () => {
    const server = await startPostgres({ version });
    await simpleQuery(server, 'create table kept as select 42 as answer');
    const family = processTree(server.pid).map(({ pid }) => pid);
    expect(family.length).toBeGreaterThan(3);

    await server.kill();
    expect(server.isRunning).toBe(false);
    expect(processesIn(server.dataFolder)).toEqual([]);
    await expect(answers(server)).rejects.toThrow('ECONNREFUSED');
    // A pid file whose pid lives again, as something else: PostgreSQL itself would refuse to start.
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    const pidFile = join(server.dataFolder, 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));

    await server.restart();
    expect(stranger.kill()).toBe(true);
    expect(family).not.toContain(server.pid);
    expect(await simpleQuery(server, 'select answer from kept')).toEqual([['42']]);
    await server.stop();
  });
});

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test('restarts although a backend of the killed server is busy with its statement', async () => {
    const busy = simpleQuery(server, 'select count(*) from generate_series(1, 1e9)', 'postgres', 20_000);
    const dropped = expect(busy).rejects.toThrow();
    await expect
      .poll(() => simpleQuery(server, "select count(*) from pg_stat_activity where query like '%1e9%'"))
      .toEqual([['2']]);
    await server.kill();
    expect(processesIn(server.dataFolder)).toHaveLength(1);
    await server.restart();
    await dropped;
    await answers(server);
  });

  test('answers nothing while it is paused, on open and on new connections, and goes on afterwards', async () => {
    const during = simpleQuery(server, 'select pg_sleep(0.2), 7');
    server.pause();
    await expect(answers(server, 300)).rejects.toThrow('timeout');
    server.resume();
    expect((await during)[0]?.[1]).toBe('7');
    await answers(server);
  });

  test('stops although it is paused', async () => {
    const own = await startPostgres();
    own.pause();
    await own.stop();
    expect(own.isRunning).toBe(false);
  });

  test('refuses a data folder that is in use, one of another version, and a port that is taken', async () => {
    await expect(startPostgres({ folder: server.dataFolder })).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      fields: { pid: server.pid },
    });

    const folder = mkdtempSync(join(tmpdir(), 'omninode-test-'));
    writeFileSync(join(folder, 'PG_VERSION'), '12\n');
    await expect(startPostgres({ folder })).rejects.toMatchObject({
      code: 'FOLDER_OF_OTHER_VERSION',
      fields: { found: 12 },
    });
    rmSync(folder, { recursive: true });

    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const temporary = mkdtempSync(join(tmpdir(), 'omninode-test-'));
    chmodSync(temporary, 0o755);
    vi.stubEnv('TMPDIR', temporary);
    await expect(startPostgres({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
    other.close();
  });

  test('a setting that PostgreSQL refuses is an error with its words, and no process stays', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'omninode-test-')), 'data');
    await expect(startPostgres({ folder, settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"') as string,
    });
    expect(processesIn(folder)).toEqual([]);
    rmSync(dirname(folder), { recursive: true });
  });

  test('a start can be cancelled, and no process stays', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'omninode-test-')), 'data');
    const cancel = AbortSignal.timeout(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(startPostgres({ folder, signal: cancel })).rejects.toMatchObject({ code: 'START_ABORTED' });
    expect(processesIn(folder)).toEqual([]);
    rmSync(dirname(folder), { recursive: true });
  });

  test('asks for a SCRAM login where a password is set, and keeps it out of the log', async () => {
    const password = "it's a s3cret";
    const locked = await startPostgres({ authentication: { password } });
    const answer = await exchange({
      host: locked.host,
      port: locked.port,
      request: startupMessage({ user: 'omninode', database: 'postgres' }),
      isComplete: (bytes) => bytes.length > 8,
      signal: AbortSignal.timeout(2_000),
    });
    expect(answer.toString('latin1')).toContain('SCRAM-SHA-256');
    expect(locked.url('omninode')).toContain(`omninode:${encodeURIComponent(password)}@`);
    expect(readFileSync(locked.logFile, 'utf8')).not.toContain('s3cret');
    await locked.stop();
  });
});
