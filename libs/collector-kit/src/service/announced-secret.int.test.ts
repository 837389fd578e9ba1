import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAnnouncedSecret } from './announced-secret.js';

const folder = mkdtempSync(join(tmpdir(), 'omninode-announced-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'orders'), 'w0rd\n');
writeFileSync(join(folder, 'orders.hosts'), 'db-1\nDB-2:5432\n');
writeFileSync(join(folder, 'everywhere'), 'w0rd\n');
writeFileSync(join(folder, 'gone.hosts'), 'db-1\n');

test.each([[['db-1']], [['db-1:6432']], [['DB-1']], [['db-2:5432', 'db-1:1']]])(
  'a secret goes to the hosts that its list names: %j',
  async (hosts) => {
    expect(await read('orders', hosts)).toBe('w0rd');
  },
);

test.each([
  ['orders', ['db-3:5432'], 'db-3:5432'],
  ['orders', ['db-2:6432'], 'db-2:6432'],
  ['orders', ['db-1:9092', 'thief:9092'], 'thief:9092'],
  ['orders', [''], ''],
  ['everywhere', ['db-1'], 'db-1'],
])('and to no other: %s for %j', async (secret, hosts, host) => {
  const said = `Its secret ${secret} is not for ${host}. `;
  await expect(read(secret, hosts)).rejects.toMatchObject({
    code: 'SECRET_NOT_FOR_HOST',
    message: expect.stringContaining(said) as string,
  });
});

test('what can not be read says so', async () => {
  await expect(read('gone', ['db-1'])).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  const wanted = { kind: 'database', secret: 'orders', hosts: ['db-1'] };
  await expect(readAnnouncedSecret(wanted, undefined)).rejects.toMatchObject({ code: 'SECRETS_NOT_CONFIGURED' });
});

function read(secret: string, hosts: string[]): Promise<string> {
  return readAnnouncedSecret({ kind: 'database', secret, hosts }, folder);
}
