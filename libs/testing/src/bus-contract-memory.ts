import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { onStage } from './bus-contract-scene.js';
import type { BusContract } from './bus-contract-store.js';

const mib = 1024 * 1024;

export function memoryContract(contract: BusContract): void {
  describe('back-pressure', () => {
    test('what waits behind a slow handler stays out of memory (B 16)', () =>
      onStage(contract, async ({ bus, topics: { measurement }, eventually }) => {
        const value = Buffer.alloc(256 * 1024, 'x');
        for (let nth = 0; nth < 256; nth++) {
          await bus.publish([{ topic: measurement, partition: nth % 4, key: 'k', value }]);
        }
        const before = heldBytes();
        let batches = 0;
        await bus.consume({
          topic: measurement,
          group: 'slow-memory',
          async onBatch({ signal }) {
            batches++;
            if (!signal.aborted) await once(signal, 'abort');
            throw new Error('given back');
          },
        });
        await eventually(() => expect(batches).toBe(4));
        await sleep(500);
        // 64 MiB wait; a batch of each of the four partitions, and as much again on its way, may be in memory, and for a moment
        // what other brokers of a cluster have answered.
        await eventually(() => expect(heldBytes() - before).toBeLessThan(24 * mib));
      }));
  });
}

function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().arrayBuffers;
}
