import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { errorCode } from '@omninode/contracts';
import { startPostgres } from '@omninode/local-services';
import type { PostgresServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ask } from './testing/ask.js';
import { watchServer } from './testing/watch-server.js';

const soon = { timeout: 10_000, interval: 50 };
const active = 'omninode_active_connections{service="postgresql",pool="server"}';
const limit = 'omninode_max_connections{service="postgresql",pool="server"}';

describe.each([18, 'debian-15'] as const)('PostgreSQL %s', (version) => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ version, authentication: { password: 'right-s3cret' }, maxConnections: 20 });
  });
  afterAll(() => server.stop());

  const wrongLogin = (password: string) => server.url('omninode').replace('right-s3cret', password);

  test('a wrong password is auth_failed with the next step, holds no secret, and mends itself', async () => {
    const watched = watchServer(wrongLogin('wrong-s3cret'));
    await expect.poll(() => watched.status('connections'), soon).toBe('auth_failed');
    await expect
      .poll(() => watched.reason('connections'), soon)
      .toBe(
        `PostgreSQL at 127.0.0.1:${server.port} refused the login of role omninode. Check the password in the target's URL, and pg_hba.conf. (28P01)`,
      );
    await expect.poll(() => watched.latest('omninode_collector_target_up'), soon).toBe(0);
    await ask(server.url(), `alter role omninode password 'wrong-s3cret'`);
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    await watched.stop();
    await ask(server.url(), `alter role omninode password 'right-s3cret'`);
    expect(JSON.stringify([watched.writer.passes, watched.logger.lines])).not.toContain('s3cret');
    expect(watched.logger.lines).toMatchObject([
      { sentence: 'The target can not be reached.' },
      { sentence: 'The target can be reached again.' },
    ]);
  });

  test('a login that is revoked while a connection is open shows when the connection is renewed (P21)', async () => {
    const watched = watchServer(server.url('omninode'), { maxConnectionAgeMs: 1_000 });
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    await ask(server.url(), `alter role omninode nologin`);
    await expect.poll(() => watched.status('connections'), soon).toBe('auth_failed');
    await ask(server.url(), `alter role omninode login`);
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    await watched.stop();
  });

  test('a role without pg_monitor: permission with the GRANT, only what it can know, and ok once it is granted (P16)', async () => {
    const watched = watchServer(server.url('plain'));
    await expect.poll(() => watched.status('connections'), soon).toBe('permission');
    await expect.poll(() => watched.reason('connections'), soon).toContain('GRANT pg_monitor TO plain');
    await expect.poll(() => watched.status('availability'), soon).toBe('ok');
    await expect.poll(() => watched.latest(limit), soon).toBe(17);
    expect(watched.latest(active)).toBeUndefined();
    await ask(server.url(), 'grant pg_monitor to plain');
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    await expect.poll(() => watched.latest(active), soon).toBeDefined();
    await watched.stop();
    await ask(server.url(), 'revoke pg_monitor from plain');
  });

  test('a server that is killed and started again: unreachable, then all is well, and the restart is told', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('availability'), soon).toBe('ok');
    await server.kill();
    await expect.poll(() => watched.status('availability'), soon).toBe('unreachable');
    await expect.poll(() => watched.status('connections'), soon).toBe('unreachable');
    await expect
      .poll(() => watched.reason('connections'), soon)
      .toBe(`Nothing listens at 127.0.0.1:${server.port}. Start PostgreSQL, or correct host and port. (ECONNREFUSED)`);
    await server.restart();
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    await expect.poll(() => watched.writer.events('database.restarted').length, soon).toBe(1);
    await expect.poll(() => watched.latest('omninode_collector_connections_opened_total'), soon).toBe(2);
    await watched.stop();
  });

  test('a server that hangs: timed_out, then unreachable, no connection is left behind, and it recovers (T3, P19)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('availability'), soon).toBe('ok');
    server.pause();
    onTestFinished(() => server.resume());
    const timedOut = () => watched.total('omninode_collector_family_passes_total', 'status="timed_out"');
    await expect.poll(timedOut, soon).toBeGreaterThan(0); // the family whose answer was awaited
    await expect.poll(() => watched.status('availability'), soon).toBe('unreachable'); // no new connection either
    await expect.poll(() => watched.status('connections'), soon).toBe('unreachable');
    server.resume();
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    const ours = `select count(*) from pg_stat_activity where application_name = 'omninode-mesh'`;
    await expect.poll(() => ask(server.url(), ours), soon).toEqual([{ count: '1' }]);
    await watched.stop();
    await expect.poll(() => ask(server.url(), ours), soon).toEqual([{ count: '0' }]);
  });

  test('a server without a free connection says so', async () => {
    const released = new AbortController();
    const occupy = async () => {
      while (!released.signal.aborted) await ask(server.url('plain'), 'select pg_sleep(30)').catch(() => undefined); // full already, or ended
    };
    const occupants = Array.from({ length: 17 }, occupy);
    const login = () => ask(server.url('omninode'), 'select 1').then(() => 'free', errorCode);
    await expect.poll(login, soon).toBe('53300');
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('availability'), soon).toBe('unreachable');
    await expect.poll(() => watched.reason('availability'), soon).toContain('all slots are taken');
    released.abort();
    await ask(server.url(), `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'plain'`);
    await Promise.all(occupants);
    await expect.poll(() => watched.status('availability'), soon).toBe('ok');
    await watched.stop();
  });

  test('our session is bounded on the server itself, marked, and never in a transaction (T1, P14)', async () => {
    const watched = watchServer(server.url('omninode'));
    await expect.poll(() => watched.status('connections'), soon).toBe('ok');
    const sessionOfOurs = async () => {
      const [session] = await ask(
        server.url(),
        `select pid, state, left(query, 32) as mark, backend_xmin from pg_stat_activity where application_name = 'omninode-mesh'`,
      );
      return session;
    };
    // Between two statements it is idle, and not in a transaction.
    await expect.poll(sessionOfOurs, soon).toMatchObject({ state: 'idle', backend_xmin: null });
    expect((await sessionOfOurs())?.mark).toMatch(/^select \/\* omninode-mesh:[a-z]/);
    await watched.stop();
  });
});

test.each([
  [
    'nothing that answers (T4)',
    async () => (await silentPort()).port,
    'unreachable',
    'nothing answers at this address',
  ],
  [
    'a database that is not there',
    async (server: PostgresServer) => `${server.port}/nowhere`,
    'unreachable',
    'There is no database nowhere',
  ],
] as const)('%s', async (_, place, status, reason) => {
  const server = await startPostgres();
  const watched = watchServer(`postgres://omninode@127.0.0.1:${await place(server)}`);
  await expect.poll(() => watched.status('availability'), soon).toBe(status);
  await expect.poll(() => watched.reason('availability'), soon).toContain(reason);
  await expect.poll(() => watched.status('connections'), soon).toBe(status);
  await watched.stop();
  await server.stop();
});

test('a host that is not known', async () => {
  const watched = watchServer('postgres://omninode@no-such-host.invalid:5432/orders');
  await expect.poll(() => watched.status('availability'), soon).toBe('unreachable');
  await expect.poll(() => watched.reason('availability'), soon).toMatch(/host of no-such-host\.invalid:5432/);
  await watched.stop();
});

/** Takes connections and never says a word. */
async function silentPort(): Promise<AddressInfo> {
  const silent = createServer().listen(0, '127.0.0.1');
  silent.unref();
  await once(silent, 'listening');
  return silent.address() as AddressInfo;
}
