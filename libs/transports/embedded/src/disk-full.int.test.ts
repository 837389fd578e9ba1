import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames, type Bus, type BusRecord, type CodedError } from '@omninode/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEmbeddedBus } from './embedded-bus.js';

const { measurement } = topicNames();
const value = Buffer.alloc(20_000, 'x');
let folder: string;
let isMounted = false;

beforeEach((context) => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-disk-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder], { stdio: 'pipe' });
    isMounted = true;
  } catch (error) {
    context.skip(`A tmpfs can't be mounted here; run the test as root with the right to mount (${String(error)}).`);
  }
});
afterEach(() => {
  // Lazily, so that a bus which a failed test left open doesn't leave the mount behind too.
  if (isMounted) execFileSync('umount', ['--lazy', folder]);
  isMounted = false;
  rmSync(folder, { recursive: true, force: true });
});

describe('a full disk', () => {
  test('refuses publishes with a code that says to try again, keeps what it acknowledged, goes on with room', async () => {
    let bus = await prepared();
    fill();
    const { acknowledged, refused } = await publishUntilRefused(bus);
    expect(refused).toMatchObject({ code: 'DISK_FULL', phase: 'storage', retryable: true });
    expect(refused.message).toContain(join(folder, 'mesh.db'));

    // Reading goes on meanwhile, and is given the same records by a bus that is opened on the full disk.
    expect(await offsets(bus)).toEqual(acknowledged);
    await bus.close();
    bus = openEmbeddedBus({ folder });
    expect(await offsets(bus)).toEqual(acknowledged);

    empty();
    const [after] = await bus.publish([{ topic: measurement, partition: 0, key: 'k', value }]);
    expect(after!.offset).toBe(acknowledged.length);
    await bus.close();
    const reopened = openEmbeddedBus({ folder });
    expect(await offsets(reopened)).toEqual([...acknowledged, after!.offset]);
    await reopened.close();
  });

  test('does not stop a consumer, whose position is written when there is room', async () => {
    const errors: unknown[] = [];
    const bus = await prepared((error) => errors.push(error));
    fill();
    const { acknowledged } = await publishUntilRefused(bus);
    const handled: number[] = [];
    const onBatch = async ({ records }: { records: readonly BusRecord[] }) =>
      void handled.push(...records.map(({ offset }) => offset));
    const consumer = await bus.consume({ topic: measurement, group: 'g', onBatch });
    await vi.waitFor(() => expect(handled).toEqual(acknowledged));
    empty();
    await consumer.close();
    await bus.close();

    const reopened = openEmbeddedBus({ folder });
    await reopened.publish([{ topic: measurement, partition: 0, key: 'k', value }]);
    const after: number[] = [];
    await reopened.consume({
      topic: measurement,
      group: 'g',
      onBatch: async ({ records }) => void after.push(...records.map(({ offset }) => offset)),
    });
    await vi.waitFor(() => expect(after.at(-1)).toBe(acknowledged.length));
    expect(after).toEqual([acknowledged.length]);
    // The position could not be written while the disk was full, and that was said.
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((error) => (error as CodedError).code === 'DISK_FULL')).toBe(true);
    await reopened.close();
  });

  test('close says how many records were not written', async () => {
    const bus = await prepared();
    fill();
    await publishUntilRefused(bus);
    const publishes = Array.from({ length: 30 }, () =>
      bus.publish([{ topic: measurement, partition: 0, key: 'k', value: Buffer.alloc(100_000) }]),
    );
    const outcomes = Promise.allSettled(publishes);
    const { undelivered } = await bus.close();
    const rejected = (await outcomes).filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect(undelivered).toBe(rejected.length);
  });

  test('writes nothing more of a publish whose first part was refused: its order would have a hole', async () => {
    const bus = await prepared();
    fill();
    const { acknowledged } = await publishUntilRefused(bus);
    rmSync(join(folder, 'ballast-5'));
    const record = { topic: measurement, partition: 0, key: 'k' };
    const large = Array.from({ length: 50 }, () => ({ ...record, value }));
    const small = Array.from({ length: 50 }, () => ({ ...record, value: Buffer.from('small') }));
    await expect(bus.publish([...large, ...small])).rejects.toMatchObject({ code: 'DISK_FULL' });
    // There is room for small ones.
    const [next] = await bus.publish([{ ...record, value: Buffer.from('next') }]);
    expect(next!.offset).toBe(acknowledged.length);
    await bus.close();
  });

  test('refuses to open where there is no room at all', () => {
    writeFileSync(join(folder, 'everything'), Buffer.alloc(8 * 1024 * 1024 - 4096));
    fill();
    expect(() => openEmbeddedBus({ folder })).toThrow(expect.objectContaining({ code: 'DISK_FULL', retryable: true }));
  });
});

async function prepared(onError?: (error: unknown) => void): Promise<Bus> {
  const bus = openEmbeddedBus({ folder, ...(onError && { onError }) });
  await bus.prepareTopics();
  await bus.publish(Array.from({ length: 10 }, () => ({ topic: measurement, partition: 0, key: 'k', value })));
  return bus;
}

/** First large records, then small ones, until not even a page is left. */
async function publishUntilRefused(bus: Bus): Promise<{ acknowledged: number[]; refused: CodedError }> {
  const acknowledged = await offsets(bus);
  let refused: CodedError | undefined;
  for (const bytes of [20_000, 1]) {
    refused = undefined;
    while (!refused) {
      try {
        const [position] = await bus.publish([
          { topic: measurement, partition: 0, key: 'k', value: Buffer.alloc(bytes) },
        ]);
        acknowledged.push(position!.offset);
      } catch (error) {
        refused = error as CodedError;
      }
    }
  }
  return { acknowledged, refused: refused! };
}

async function offsets(bus: Bus): Promise<number[]> {
  const found: number[] = [];
  await bus.readToEnd(measurement, 0, ({ offset }) => found.push(offset));
  return found;
}

/** Leaves some room, so that the first publishes still succeed; then less and less, down to single pages. */
function fill(): void {
  for (let bytes = 4 * 1024 * 1024, nth = 0; bytes >= 4096; bytes /= 2, nth++) {
    try {
      writeFileSync(join(folder, `ballast-${nth}`), Buffer.alloc(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      rmSync(join(folder, `ballast-${nth}`));
    }
  }
}

function empty(): void {
  for (let nth = 0; nth < 12; nth++) rmSync(join(folder, `ballast-${nth}`), { force: true });
}
