import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { startRedis, unavailable } from '@omninode/local-services';
import type { RedisServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cacheReader } from './cache.reader.js';
import { cacheFamilies } from './families.js';
import { minimalAcl } from './minimal-acl.js';
import { askRedis, openTestConnection } from './testing/ask-redis.reader.js';
import { watchCache } from './testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

describe.skipIf(unavailable('redis')).each(['installed', 'packaged'] as const)('an %s Redis', (program) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ program, password: 'right-s3cret' });
  });
  afterAll(() => server.stop());
  const as = (login: string) => `redis://${login}@127.0.0.1:${server.port}`;
  const ask = (...[command, ...args]: [string, ...(string | number)[]]) => askRedis(server.url, command, ...args);

  test('a wrong password is auth_failed with the next step, holds no secret, and mends itself', async () => {
    await ask('ACL', 'SETUSER', 'late', 'on', '>right-s3cret', ...minimalAcl.split(' '));
    const watched = watchCache(as('late:wrong-s3cret'));
    await expect.poll(() => watched.status('memory'), soon).toBe('auth_failed');
    await expect.poll(() => watched.latest('omninode_collector_target_up'), soon).toBe(0);
    expect(watched.reason('memory')).toBe(
      `Redis at 127.0.0.1:${server.port} refused the login of user late. Check user and password in the target's URL, and that ACL SETUSER late on was run. (WRONGPASS)`,
    );
    await ask('ACL', 'SETUSER', 'late', '>wrong-s3cret');
    await expect.poll(() => watched.status('memory'), soon).toBe('ok');
    await watched.stop();
    expect(JSON.stringify([watched.writer.passes, watched.logger.lines, watched.memory])).not.toContain('s3cret');
  });

  test('a login that the URL lacks is asked for', async () => {
    const watched = watchCache(`redis://127.0.0.1:${server.port}`);
    await expect.poll(() => watched.status('memory'), soon).toBe('auth_failed');
    expect(watched.reason('memory')).toContain("asks for a password, and the target's URL holds none");
    await watched.stop();
  });

  test('a password that is changed while a connection is open shows when the connection is renewed (P21)', async () => {
    await ask('ACL', 'SETUSER', 'gone', 'on', '>pw', ...minimalAcl.split(' '));
    const watched = watchCache(as('gone:pw'), { settings: { maxConnectionAgeMs: 600 } });
    await expect.poll(() => watched.status('memory'), soon).toBe('ok');
    await ask('ACL', 'SETUSER', 'gone', 'resetpass', '>other');
    await expect.poll(() => watched.status('memory'), soon).toBe('auth_failed');
    await watched.stop();
  });

  test('a user with the minimal ACL can read every family, and do nothing else', async () => {
    await ask('ACL', 'SETUSER', 'least', 'on', '>pw', ...minimalAcl.split(' '));
    const watched = watchCache(as('least:pw'));
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    await watched.stop();
    expect(new Set(Object.values(watched.statuses()))).toEqual(new Set(['ok']));
    const log = (await ask('ACL', 'LOG')) as unknown[];
    expect(log.filter((entry) => JSON.stringify(entry).includes('least'))).toEqual([]);
    const connection = await openTestConnection(as('least:pw'));
    for (const [command, ...args] of [
      ['GET', 'a'],
      ['CONFIG', 'GET', 'requirepass'],
      ['SLOWLOG', 'RESET'],
      ['KEYS', '*'],
    ]) {
      await expect(connection.run(command!, ...args), command).rejects.toThrow('NOPERM');
    }
    connection.close();
  });

  test.each([
    ['+slowlog|get', ['slowlog'], 'SLOWLOG GET'],
    ['+client|setname', ['availability'], 'CLIENT SETNAME'],
    ['+info', cacheFamilies.map(({ name }) => name), 'INFO'],
  ])(
    'a user without %s: permission with the line to run, the rest goes on, and it mends itself (R18)',
    async (rule, families, command) => {
      const rules = minimalAcl.split(' ').filter((allowed) => allowed !== rule);
      await ask('ACL', 'DELUSER', 'partly');
      await ask('ACL', 'SETUSER', 'partly', 'on', '>pw', ...rules);
      const watched = watchCache(as('partly:pw'), { settings: { maxConnectionAgeMs: 2_000 } });
      const denied = () =>
        Object.entries(watched.statuses()).flatMap(([family, status]) => (status === 'permission' ? [family] : []));
      await expect.poll(denied, soon).toEqual(families);
      const line = `ACL SETUSER partly ${rule}`;
      expect(watched.reason(families[0]!)).toBe(
        `User partly may not run ${command} at 127.0.0.1:${server.port}. Run ${line}.`,
      );
      const others = Object.entries(watched.statuses()).filter(([family]) => !families.includes(family));
      expect(others.every(([, status]) => status === 'ok')).toBe(true);
      await ask(...(line.split(' ') as [string]));
      await expect.poll(denied, soon).toEqual([]);
      await watched.stop();
    },
  );

  test('a command that is refused is not sent again for a while: each refusal is an error and a line in ACL LOG (R5)', async () => {
    await ask('ACL', 'SETUSER', 'patient', 'on', '>pw', '+info', '+client|setname');
    await ask('CONFIG', 'RESETSTAT');
    const reader = cacheReader({ connectTimeoutMs: 2_000, refusalPauseMs: 60_000, maxAnswerBytes: 100_000 });
    const watched = watchCache(as('patient:pw'), { settings: { reader } });
    await expect.poll(() => watched.status('slowlog'), soon).toBe('permission');
    await watched.passes(5);
    expect(watched.status('slowlog')).toBe('permission');
    await watched.stop();
    expect(String(await ask('INFO', 'errorstats'))).toContain('errorstat_NOPERM:count=1\r');
  });

  test('a server that is killed and started again: unreachable, then all is well', async () => {
    const watched = watchCache(server.url);
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    await server.kill();
    await expect.poll(() => watched.status('slowlog'), soon).toBe('unreachable');
    await expect
      .poll(() => watched.reason('memory'), soon)
      .toBe(`Nothing listens at 127.0.0.1:${server.port}. Start Redis, or correct host and port. (ECONNREFUSED)`);
    await server.restart();
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    await expect.poll(() => watched.latest('omninode_collector_connections_opened_total'), soon).toBe(2);
    await watched.stop();
    expect(watched.logger.lines.map(({ sentence }) => sentence)).toEqual([
      'The target can not be reached.',
      'The target can be reached again.',
    ]);
  });

  test('a server that hangs: timed_out, then unreachable, no connection is left behind, and it recovers (T8)', async () => {
    const watched = watchCache(server.url);
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    server.pause();
    onTestFinished(() => server.resume());
    const timedOut = () =>
      watched.latest('omninode_collector_family_passes_total{family="availability",status="timed_out"}');
    await expect.poll(timedOut, soon).toBe(1);
    await expect.poll(() => watched.status('slowlog'), soon).toBe('unreachable');
    server.resume();
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    const ours = async () => String(await ask('CLIENT', 'LIST')).split('name=omninode-mesh').length - 1;
    await expect.poll(ours, soon).toBe(1);
    await watched.stop();
    await expect.poll(ours, soon).toBe(0);
  });

  test('a server without a free connection says so', async () => {
    const occupant = await openTestConnection(server.url);
    await occupant.run('CONFIG', 'SET', 'maxclients', 1);
    const watched = watchCache(server.url);
    await expect.poll(() => watched.status('memory'), soon).toBe('unreachable');
    expect(watched.reason('memory')).toContain('maxclients is reached');
    await occupant.run('CONFIG', 'SET', 'maxclients', 1000);
    await expect.poll(() => watched.status('memory'), soon).toBe('ok');
    await expect.poll(() => watched.latest('omninode_cache_connections_rejected_total'), soon).toBeGreaterThan(0);
    occupant.close();
    await watched.stop();
  });
});

test.skipIf(unavailable('redis'))(
  'a server where SLOWLOG is switched off: unsupported for that family alone',
  async () => {
    const server = await startRedis({ settings: { 'rename-command': 'SLOWLOG hidden' } });
    const watched = watchCache(server.url);
    await expect.poll(() => watched.status('slowlog'), soon).toBe('unsupported');
    expect(watched.reason('slowlog')).toContain('does not know SLOWLOG GET: it is renamed or switched off there');
    expect(watched.status('commands')).toBe('ok');
    await watched.stop();
    await server.stop();
  },
);

test.skipIf(unavailable('redis'))('a password for a server that asks for none is refused, not ignored', async () => {
  const server = await startRedis();
  const watched = watchCache(`redis://:pw@127.0.0.1:${server.port}`);
  await expect.poll(() => watched.status('memory'), soon).toBe('auth_failed');
  expect(watched.reason('memory')).toContain('has no password for user default');
  await watched.stop();
  await server.stop();
});

test.each([
  ['silence', () => undefined, 'nothing answers at this address'],
  [
    'a web server',
    (socket: Socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'does not speak the protocol of Redis',
  ],
  ['the end of the connection', (socket: Socket) => void socket.destroy(), 'ended'],
  ['an endless answer', flood, 'is bigger than 16777216 bytes and was not read'],
])('an address that answers with %s (T4)', async (_, behave, reason) => {
  const impostor = createServer((socket) => {
    socket.on('error', () => undefined); // we go away in the middle
    socket.once('data', () => behave(socket));
  }).listen(0, '127.0.0.1');
  impostor.unref();
  await once(impostor, 'listening');
  const watched = watchCache(`redis://127.0.0.1:${(impostor.address() as AddressInfo).port}`);
  await expect.poll(() => watched.reason('memory') ?? '', soon).toContain(reason);
  await watched.stop();
  impostor.close();
});

test('a host that is not known', async () => {
  const watched = watchCache('redis://no-such-host.invalid:6379');
  await expect.poll(() => watched.status('memory'), soon).toBe('unreachable');
  expect(watched.reason('memory')).toMatch(/host of no-such-host\.invalid:6379/);
  await watched.stop();
});

/** One bulk string of 200 MB, as fast as it is taken. */
function flood(socket: Socket): void {
  const part = Buffer.alloc(256 * 1024, 'x');
  socket.write('$200000000\r\n');
  const push = () => {
    while (!socket.destroyed && socket.write(part));
    if (!socket.destroyed) socket.once('drain', push);
  };
  push();
}
