import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type pg from 'pg';

/**
 * pg as a service has it. The test runner resolves packages by the condition `import`, in `require` too; then pg is given the wrong
 * half of its own pool. So both are taken by their files and put together as pg does it.
 * Source: https://github.com/brianc/node-postgres/blob/master/packages/pg/lib/index.js
 */
const load = createRequire(import.meta.url);
const folder = dirname(load.resolve('pg/package.json'));
const BarePool = load(join(folder, '../pg-pool/index.js')) as typeof pg.Pool;

export const Client = load(join(folder, 'lib/client.js')) as typeof pg.Client;

export class Pool extends BarePool {
  constructor(config: pg.PoolConfig) {
    super({ ...config, Client } as pg.PoolConfig);
  }
}
