import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusRecord } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { everything, numbered, onStage } from './bus-contract-scene.js';
import { seededChance } from './mesh/seeded.js';
import type { BusContract, BusStore } from './bus-contract-store.js';

export function crashContract(contract: BusContract): void {
  const { killRounds, seed } = contract.timing;
  // Restarts of a group wait for the session of the dead member.
  const timeoutMs = (killRounds + 2) * (contract.timing.sessionTimeoutMs * 3 + 5_000) + 60_000;

  describe(`kill -9, ${killRounds} rounds, seed ${seed}`, () => {
    test('loses no acknowledged record', { timeout: timeoutMs }, () =>
      onStage(contract, async (scene) => {
        const { measurement } = scene.topics;
        await scene.bus.close();
        const acknowledged = new Map<string, string>();
        const random = seededChance(seed);
        for (let round = 0; round < killRounds; round++) {
          await killed(scene.store, ['publish', measurement, String(round)], 20 + random() * 300, (place, value) =>
            acknowledged.set(place, value),
          );
        }
        const found = await everything(await scene.reopen(), measurement);
        const byPlace = new Map(
          found.map(({ partition, offset, value }) => [`${partition}/${offset}`, value!.toString()]),
        );
        expect(acknowledged.size).toBeGreaterThan(killRounds);
        expect([...acknowledged].filter(([place, value]) => byPlace.get(place) !== value)).toEqual([]);
        expectOrder(found);
        console.log(
          `publisher killed ${killRounds} times: ${acknowledged.size} acknowledged, ${found.length} in the topic`,
        );
      }),
    );

    test('hands every record to the group at least once', { timeout: timeoutMs }, () =>
      onStage(contract, async (scene) => {
        const { measurement } = scene.topics;
        for (let nth = 0; nth < 25; nth++) {
          await scene.bus.publish([0, 1, 2, 3].flatMap((partition) => numbered(measurement, partition, 20)));
        }
        await scene.bus.close();
        const handled = new Map<string, number>();
        const random = seededChance(seed + 1);
        for (let round = 0; round < killRounds; round++) {
          await killed(scene.store, ['consume', measurement, 'survivors'], 20 + random() * 150, (place) =>
            handled.set(place, (handled.get(place) ?? 0) + 1),
          );
        }
        const before = handled.size;
        const bus = await scene.reopen();
        await bus.consume({
          topic: measurement,
          group: 'survivors',
          async onBatch({ records }) {
            for (const { partition, offset } of records) handled.set(`${partition}/${offset}`, 1);
          },
        });
        await scene.eventually(() => expect(handled.size).toBe(2_000));
        expect(before).toBeGreaterThan(0);
        console.log(`consumer killed ${killRounds} times: ${before} of 2000 records handled before the last start`);
      }),
    );
  });
}

/** Runs a child until it has said something, some time longer, and kills it. `tell` gets what it said. */
async function killed(
  store: BusStore,
  args: readonly string[],
  aliveMs: number,
  tell: (place: string, value: string) => void,
): Promise<void> {
  const child = store.startChild(args);
  const said = Promise.withResolvers<void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [place = '', value = ''] = line.split(' ');
    if (place !== 'ready') tell(place, value);
    said.resolve();
  });
  child.once('exit', (code) => said.reject(new Error(`The child ended by itself, with code ${code}.`)));
  await said.promise;
  await sleep(aliveMs);
  await kill(child);
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** Within a round each partition got rising numbers; a lost answer may leave a record twice, never out of order. */
function expectOrder(records: readonly BusRecord[]): void {
  const last = new Map<string, number>();
  for (const { partition, value } of records) {
    const [round, nth] = value!.toString().split('-').map(Number) as [number, number];
    const key = `${partition} ${round}`;
    expect(nth).toBeGreaterThanOrEqual(last.get(key) ?? -1);
    last.set(key, nth);
  }
}
