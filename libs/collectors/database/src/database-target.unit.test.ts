import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { databaseConfig } from './database.config.js';
import { databaseTargetOptions, databaseTargets, isConsole } from './database-target.js';

function load(yaml: string) {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-database-'));
  writeFileSync(join(folder, 'token'), 't0ken\n');
  writeFileSync(join(folder, 'mesh.yaml'), yaml);
  const { values } = loadConfiguration({
    env: { OMNINODE_CONFIG: join(folder, 'mesh.yaml') },
    sections: { collectors: z.object({ database: databaseConfig }) },
    targetOptions: { database: databaseTargetOptions },
  });
  return databaseTargets(values.targets);
}

test('targets of a configuration file, with their options', () => {
  const [orders, pooler] = load(`
    targets:
      - id: orders
        kind: database
        url: postgres://a:hunter2@db/orders
        cores: 8
        includeDatabases: [orders, users]
        pools:
          - { pool: bridge, url: "https://u:hunter2@bridge/health", tokenFile: token }
      - { id: pooler, kind: database, url: "postgres://monitor@db:6432/pgbouncer" }
      - { id: sessions, kind: cache, url: "redis://a" }`);
  expect(orders).toMatchObject({ id: 'orders', cores: 8, includeDatabases: ['orders', 'users'], excludeDatabases: [] });
  expect(orders?.pools?.[0]?.pool).toBe('bridge');
  expect(orders?.pools?.[0]?.token?.reveal()).toBe('t0ken');
  expect(JSON.stringify(orders)).not.toMatch(/hunter2|t0ken/);
  expect([isConsole(orders!), isConsole(pooler!)]).toEqual([false, true]);
});

test.each([
  ['cores: 0', 'cores'],
  ['cores: many', 'cores'],
  ['pgbouncer: "yes"', 'pgbouncer'],
  ['pools: [{ pool: bridge, url: "ftp://a/b" }]', 'is not of the form https://host/path'],
  ['pools: [{ pool: server, url: "https://a/b" }]', 'pools[0].pool'],
  ['includeDatabases: []', 'includeDatabases'],
])('%s is refused', (option, words) => {
  expect(() => load(`targets: [{ id: a, kind: database, url: "postgres://a/b", ${option} }]`)).toThrow(words);
});

test('a console is known by the name of its database, unless the target says', () => {
  const target = (url: string, pgbouncer?: boolean) => ({ id: 'a', url: new Secret(url), labels: {}, pgbouncer });
  expect(isConsole(target('postgres://a@h:6432/pgbouncer'))).toBe(true);
  expect(isConsole(target('postgres://a@h/pgbouncer', false))).toBe(false);
  expect(isConsole(target('postgres://a@h/console', true))).toBe(true);
  expect(isConsole(target('postgres://a@h/orders'))).toBe(false);
  expect(isConsole(target('postgres://pgbouncer@h'))).toBe(true); // a URL without a database means the role's
});
