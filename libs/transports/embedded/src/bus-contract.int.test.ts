import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { busContract } from '@omninode/testing';
import { beforeAll } from 'vitest';
import { openEmbeddedBus } from './embedded-bus.js';

const project = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../../node_modules/ts7/bin/tsc', import.meta.url));
const child = join(project, 'dist/testing/bus-contract-child.js');

/** Children run what was compiled: it must be the code that is tested. */
beforeAll(() => {
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The child of the kill tests does not compile:\n${stdout}`);
});

busContract('embedded bus', async ({ topics, producer, partitions }) => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bus-contract-'));
  return {
    open: async (onError) => openEmbeddedBus({ folder, topics, partitions, ...(onError && { onError }) }),
    startChild: (args) =>
      spawn(process.execPath, [child, folder, producer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
