import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TargetRecord } from '@omninode/contracts';
import { expect, onTestFinished, test } from 'vitest';
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
  const folder = mkdtempSync(join(tmpdir(), 'omninode-announced-target-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'orders'), 'w0rd');
  writeFileSync(join(folder, 'orders.hosts'), 'db\n');
  const wanted = { ...announced, secrets: { password: 'orders' } };
  expect((await readAnnouncedTarget(wanted, folder)).url.reveal()).toContain(':w0rd@db:');
  const misled = { ...wanted, address: 'postgres://watcher@db:5432/orders?host=thief' };
  await expect(readAnnouncedTarget(misled, folder)).rejects.toMatchObject({ code: 'SECRET_NOT_FOR_HOST' });
});
