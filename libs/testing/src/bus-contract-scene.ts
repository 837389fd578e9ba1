import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type Bus, type BusRecord, type NewRecord, type Topics } from '@omninode/contracts';
import { vi } from 'vitest';
import type { BusContract, BusContractTiming, BusStore } from './bus-contract-store.js';

/** Few enough that two members share them by hand, more than one so that order is order per partition. */
export const partitions = 4;

/** One test's store with a bus open on it. */
export interface Scene {
  readonly store: BusStore;
  readonly topics: Topics;
  readonly timing: BusContractTiming;
  /** The bus that is open now. */
  readonly bus: Bus;
  /** What the bus reported since it was opened first. */
  readonly reported: readonly unknown[];
  /** Closes the bus, if that is not done yet, and opens another one on the same store. */
  reopen(): Promise<Bus>;
  /** Waits until the check no longer throws. */
  eventually(check: () => void): Promise<void>;
  /** Waits as long as something unwanted would need to show. */
  quiet(): Promise<void>;
}

/** Runs a test on a store of its own and removes it whatever happens. */
export async function onStage(
  { createStore, timing }: BusContract,
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const producer = `contract-${randomBytes(6).toString('hex')}`;
  const topics = topicNames(producer);
  const store = await createStore({ topics, producer, partitions });
  const reported: unknown[] = [];
  const open = async () => {
    const opened = await store.open((error) => reported.push(error));
    await opened.prepareTopics();
    return opened;
  };
  let bus = await open();
  try {
    await play({
      store,
      topics,
      timing,
      reported,
      get bus() {
        return bus;
      },
      async reopen() {
        await bus.close();
        bus = await open();
        return bus;
      },
      eventually: (check) => vi.waitFor(check, { timeout: timing.patienceMs, interval: 10 }),
      quiet: () => sleep(timing.quietMs),
    });
  } finally {
    await bus.close();
    await store.remove();
  }
}

export function text(value: string): Buffer {
  return Buffer.from(value);
}

/** Records `<prefix>0`, `<prefix>1` … of one partition, one key. */
export function numbered(topic: string, partition: number, count: number, prefix = ''): NewRecord[] {
  return Array.from({ length: count }, (_, nth) => ({
    topic,
    partition,
    key: `key-${partition}`,
    value: text(`${prefix}${nth}`),
  }));
}

export function valuesOf(records: readonly BusRecord[]): (string | null)[] {
  return records.map(({ value }) => value && value.toString());
}

/** Everything that lies in a topic now. */
export async function everything(bus: Bus, topic: string): Promise<BusRecord[]> {
  const records: BusRecord[] = [];
  const count = await bus.partitionCount(topic);
  for (let partition = 0; partition < count; partition++) {
    await bus.readToEnd(topic, partition, (record) => records.push(record));
  }
  return records;
}

/** What a rejected promise rejected with; fails when it resolved. */
export async function rejectionOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; retryable: boolean }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; retryable: boolean };
  }
  throw new Error('It resolved and should have rejected.');
}
