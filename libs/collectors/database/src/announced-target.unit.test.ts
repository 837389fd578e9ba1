import type { TargetRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { readAnnouncedTarget } from './announced-target.js';

const announced: TargetRecord = {
  v: 1,
  id: 'orders-db',
  kind: 'database',
  address: 'postgres://watcher@db:5432/orders',
  time: Date.UTC(2026, 0, 1),
};

test('options are those of a configured target, with the same defaults', async () => {
  expect(await readAnnouncedTarget(announced, undefined)).toMatchObject({ excludeDatabases: [], pools: [] });
  const options = { cores: 8, includeDatabases: ['orders'] };
  expect(await readAnnouncedTarget({ ...announced, options }, undefined)).toMatchObject(options);
});

test.each([
  [{ cores: 0 }, /Its options are not those of kind database: cores: /],
  [{ core: 8 }, /core is none of them \(pgbouncer, cores, /],
])('options %j are refused by name', async (options, says) => {
  await expect(readAnnouncedTarget({ ...announced, options }, undefined)).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
    message: expect.stringMatching(says) as string,
  });
});

test('the host that the driver would take from a parameter is one that sees the password', async () => {
  const address = 'postgres://watcher@db:5432/orders?host=thief';
  const wanted = { ...announced, address, secrets: { password: 'orders' } };
  await expect(readAnnouncedTarget(wanted, '/nowhere')).rejects.toMatchObject({ code: 'SECRET_NOT_FOR_HOST' });
});
