import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { busContract } from '@omninode/testing';
import { beforeAll } from 'vitest';
import { openEmbeddedBus } from './embedded-bus.js';
import { compileChildren } from './testing/compile-children.js';

const child = fileURLToPath(new URL('../dist/testing/bus-contract-child.js', import.meta.url));

beforeAll(compileChildren);

busContract('embedded bus', async ({ topics, producer, partitions }) => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bus-contract-'));
  return {
    open: async (onError) => openEmbeddedBus({ folder, topics, partitions, ...(onError && { onError }) }),
    startChild: (args) =>
      spawn(process.execPath, [child, folder, producer, ...args], { stdio: ['ignore', 'pipe', 'inherit'] }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
