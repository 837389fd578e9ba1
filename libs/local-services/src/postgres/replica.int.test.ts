import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPostgres } from './postgres.js';
import { startReplica } from './replica.js';
import { simpleQuery } from './simple-query.js';

test('a replica streams, is read-only, catches up after it was down, and goes on in its folder', async () => {
  const primary = await startPostgres();
  await simpleQuery(primary, 'create table orders as select generate_series(1, 3) as id');
  const folder = join(mkdtempSync(join(tmpdir(), 'omninode-test-')), 'replica');
  const replica = await startReplica(primary, { folder });
  const orders = (server = replica) => simpleQuery(server, 'select count(*) from orders');
  const insert = (id: number) => simpleQuery(primary, `insert into orders values (${id})`);

  expect(await orders()).toEqual([['3']]);
  const seen = 'select application_name, state from pg_stat_replication';
  expect(await simpleQuery(primary, seen)).toEqual([['replica', 'streaming']]);
  await expect(simpleQuery(replica, 'insert into orders values (0)')).rejects.toThrow('read-only');
  await insert(4);
  await expect.poll(() => orders()).toEqual([['4']]);

  await replica.kill();
  await insert(5);
  await replica.restart();
  await expect.poll(() => orders()).toEqual([['5']]);

  await replica.stop();
  await insert(6);
  const again = await startReplica(primary, { folder });
  await expect.poll(() => orders(again)).toEqual([['6']]);
  await again.stop();
  await primary.stop();
  rmSync(join(folder, '..'), { recursive: true });
});

test('a replica logs in with the password of its primary', async () => {
  const primary = await startPostgres({ authentication: { password: `it's "a\\b" s3cret` } });
  const replica = await startReplica(primary, { name: 'second' });
  expect(statSync(join(replica.dataFolder, 'postgresql.auto.conf')).mode & 0o077).toBe(0);
  expect(replica.url('omninode')).toContain(`:${replica.port}/`);
  await replica.stop();
  await primary.stop();
});

test('a replica that cannot reach its primary is an error, and no server stays', async () => {
  const primary = await startPostgres();
  const folder = join(mkdtempSync(join(tmpdir(), 'omninode-test-')), 'replica');
  await (await startReplica(primary, { folder })).stop();
  await primary.kill();
  await expect(startReplica(primary, { folder, deadlineMs: 1_500 })).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
  });
  expect(() => statSync(join(folder, 'postmaster.pid'))).toThrow('ENOENT');
  await primary.stop();
  rmSync(join(folder, '..'), { recursive: true });
});
