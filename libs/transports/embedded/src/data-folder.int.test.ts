import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { topicNames, type CodedError } from '@omninode/contracts';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBusFile } from './bus-file.js';
import { openEmbeddedBus } from './embedded-bus.js';
import { compileChildren } from './testing/compile-children.js';

const topics = topicNames();
let folder: string;
let file: string;
let owner: ChildProcess | undefined;

beforeAll(compileChildren);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'omninode-data-folder-'));
  file = join(folder, 'mesh.db');
});
afterEach(async () => {
  // Also after a check that failed: nothing is left running.
  if (owner?.exitCode === null && owner.signalCode === null) await killed(owner);
  rmSync(folder, { recursive: true, force: true });
});

describe('a folder in use', () => {
  test('is refused by another process, with the number of the owner and the way out', async () => {
    owner = await holdLock();
    const refused = refusal();
    expect(refused).toMatchObject({ code: 'FOLDER_IN_USE', phase: 'configuration', retryable: false });
    expect(refused.message).toContain(folder);
    expect(refused.message).toContain(`process ${owner.pid}`);
    expect(refused.message).toContain('OMNINODE_DATA_DIR');
  });

  test('is free at once after kill -9 of the owner, and what it had is there', async () => {
    owner = await holdLock();
    await killed(owner);
    const bus = openEmbeddedBus({ folder });
    const values: string[] = [];
    await bus.readToEnd(topics.measurement, 0, ({ value }) => values.push(value!.toString()));
    expect(values).toEqual(['held']);
    await bus.close();
  });

  test('is refused within one process too, and free after close', async () => {
    const bus = openEmbeddedBus({ folder });
    expect(refusal().message).toContain(`process ${process.pid}`);
    await bus.close();
    await openEmbeddedBus({ folder }).close();
  });
});

describe('a folder that cannot be used', () => {
  test('lies below a file', () => {
    writeFileSync(join(folder, 'file'), '');
    const refused = refusal(join(folder, 'file', 'data'));
    expect(refused).toMatchObject({ code: 'FOLDER_UNWRITABLE', retryable: false });
    expect(refused.message).toContain(join(folder, 'file', 'data'));
  });

  test('belongs to another user', () => {
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign, { mode: 0o500 });
    for (const where of [foreign, join(foreign, 'below')]) {
      const refused = asNobody(() => refusal(where));
      expect(refused).toMatchObject({ code: 'FOLDER_UNWRITABLE', phase: 'configuration', retryable: false });
      expect(refused.message).toContain(where);
      expect(refused.message).toContain('OMNINODE_DATA_DIR');
    }
  });

  test('holds a file that may only be read', async () => {
    await openEmbeddedBus({ folder }).close();
    chmodSync(folder, 0o555);
    chmodSync(file, 0o444);
    expect(asNobody(() => refusal())).toMatchObject({ code: 'FOLDER_UNWRITABLE' });
    chmodSync(folder, 0o755);
  });
});

describe('a damaged file', () => {
  test.for([
    ['is no database', () => writeFileSync(file, 'not a database, but long enough to be looked at '.repeat(50))],
    ['has a damaged first page', () => overwrite(20, 200)],
    ['has damaged pages inside', () => overwrite(8_192, 16_384)],
    ['was cut off', () => writeFileSync(file, readFileSync(file).subarray(0, 40_000))],
  ] as const)('that %s is refused with the way out, and left as it is', async ([, damage]) => {
    const bus = openEmbeddedBus({ folder });
    await bus.prepareTopics();
    for (let nth = 0; nth < 40; nth++)
      await bus.publish([{ topic: topics.memory, key: `key-${nth}`, value: Buffer.alloc(2_000, 'x') }]);
    await bus.close();
    damage();
    const before = readFileSync(file);
    const refused = refusal();
    expect(refused).toMatchObject({ code: 'FILE_CORRUPT', phase: 'storage', retryable: false });
    expect(refused.message).toContain(`mv ${file}`);
    expect(refused.message).toContain('lost');
    expect(readFileSync(file).equals(before)).toBe(true);
    // The lock is not left behind: after the file is moved away, a new one is made.
    rmSync(file);
    rmSync(`${file}-wal`, { force: true });
    await openEmbeddedBus({ folder }).close();
  });
});

describe('a file of something else', () => {
  test('is refused and left as it is', () => {
    const other = new DatabaseSync(file);
    other.exec('create table customers (name text)');
    other.close();
    const before = readFileSync(file);
    const refused = refusal();
    expect(refused).toMatchObject({ code: 'FILE_UNKNOWN', retryable: false });
    expect(refused.message).toContain(file);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['mesh.db']);
  });

  test('a later format is refused', async () => {
    await openEmbeddedBus({ folder }).close();
    const later = new DatabaseSync(file);
    later.exec('pragma user_version = 99');
    later.close();
    expect(refusal()).toMatchObject({ code: 'FILE_UNKNOWN', message: expect.stringContaining('format 99') });
  });
});

test.for([
  ['process', 1],
  ['power', 2],
] as const)('what has to survive the end of the %s: SQLite flushes at level %i', ([durability, level]) => {
  const opened = openBusFile(folder, durability);
  expect(opened.db.prepare('pragma synchronous').get()).toEqual({ synchronous: level });
  opened.close();
});

describe('topics that differ', () => {
  test('another number of partitions is a fatal problem that says how to mend it', async () => {
    const bus = openEmbeddedBus({ folder, partitions: 4 });
    expect(await bus.prepareTopics()).toEqual([]);
    expect(await bus.prepareTopics()).toEqual([]);
    await bus.close();
    const other = openEmbeddedBus({ folder, partitions: 6 });
    const problems = await other.prepareTopics();
    expect(problems).toHaveLength(Object.keys(topics).length);
    expect(problems[0]).toMatchObject({ fatal: true, problem: expect.stringMatching(/4 partitions, 6 are asked for/) });
    expect(await other.partitionCount(topics.measurement)).toBe(4);
    await other.close();
  });

  test('another cleanup policy is a fatal problem', async () => {
    const bus = openEmbeddedBus({ folder });
    await bus.prepareTopics();
    await bus.close();
    const changed = new DatabaseSync(file);
    changed.prepare("update topic set cleanup = 'compact' where name = ?").run(topics.measurement);
    changed.close();
    const other = openEmbeddedBus({ folder });
    expect(await other.prepareTopics()).toMatchObject([{ topic: topics.measurement, fatal: true }]);
    await other.close();
  });
});

function refusal(where = folder): CodedError {
  try {
    openEmbeddedBus({ folder: where });
  } catch (error) {
    return error as CodedError;
  }
  throw new Error('It opened and should have been refused.');
}

/** Root may write everywhere, so root becomes nobody for the moment. */
function asNobody<T>(work: () => T): T {
  if (process.getuid!() !== 0) return work();
  process.seteuid!(65_534);
  try {
    return work();
  } finally {
    process.seteuid!(0);
  }
}

/** A process that holds the lock as the bus does, with one record published. */
async function holdLock(): Promise<ChildProcess> {
  const script = `
    import { openEmbeddedBus } from ${JSON.stringify(new URL('../dist/embedded-bus.js', import.meta.url).href)};
    import { topicNames } from '@omninode/contracts';
    const bus = openEmbeddedBus({ folder: ${JSON.stringify(folder)} });
    await bus.prepareTopics();
    await bus.publish([{ topic: topicNames().measurement, partition: 0, key: 'k', value: Buffer.from('held') }]);
    console.log('held');
    setInterval(() => undefined, 1_000);`;
  const cwd = new URL('..', import.meta.url);
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`It ended by itself, with code ${code}.`)),
  );
  await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended]);
  ended.catch(() => undefined);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

function overwrite(from: number, bytes: number): void {
  expect(statSync(file).size).toBeGreaterThan(from + bytes);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  closeSync(handle);
}
