import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FileBus, readTopic } from '../fault-injection/file-bus.js';
import { seededRandom } from '../fault-injection/seeded-random.js';
import { StreamReader } from '../fault-injection/stream-reader.js';
import { createPublisher } from '../publisher.js';

const rounds = 6;

/** Two processes share the spool's directory, so each may adopt what the other left, while it lives or after. */
const targets = ['orders', 'stock'];

test(`kill -9 at any moment, ${rounds} times: each record is in the topic or in a spool, none is wrong`, async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`kill loop with seed ${seed}`);
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  for (let round = 1; round <= rounds; round++) {
    await Promise.all(targets.map((target) => runAndKill([folder, target, String(round)], random)));
  }
  await replayAll(folder);

  const stream = new StreamReader().readAll(readTopic(folder));
  expect(stream.problems).toEqual([]);
  for (const [producer, sequences] of stream.sequences) {
    expect(sequences, `${producer} without holes`).toEqual(Array.from(sequences, (_, nth) => nth + 1));
  }
  const received = new Set([...stream.sequences].flatMap(([producer, all]) => all.map((one) => `${producer} ${one}`)));
  const acknowledged = [...linesOf(folder, 'acknowledged-').values()].flat();
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(acknowledged.filter((record) => !received.has(record))).toEqual([]);

  const settled = linesOf(folder, 'settled-');
  expect(settled.size).toBeGreaterThan(0);
  for (const [process, passes] of settled) {
    const [round, target] = process.split('-');
    const values = stream.values.get(`omninode_used{target=${target},round=${round},pool=pool-0}`) ?? [];
    expect(values.map(([, [value]]) => value)).toEqual(Array.from(values, (_, nth) => nth + 1));
    expect(values.length, `passes of ${target} in round ${round}`).toBeGreaterThanOrEqual(Number(passes.at(-1) ?? 0));
  }
  rmSync(folder, { recursive: true });
}, 120_000);

async function runAndKill(what: readonly string[], random: () => number): Promise<void> {
  const program = join(import.meta.dirname, '../fault-injection/run-spool-loop.mjs');
  const seed = String(Math.floor(random() * 2 ** 31));
  const child = spawn(process.execPath, [program, ...what, seed], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, 20 + random() * 300));
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
}

/** A last process over a bus that works: it takes one folder and adopts the others. */
async function replayAll(folder: string): Promise<void> {
  const publisher = createPublisher({
    bus: new FileBus(folder, 'last'),
    topic: 'measurement',
    spool: { directory: join(folder, 'spool') },
  });
  await expect.poll(() => spoolFiles(folder), { timeout: 10_000 }).toEqual([]);
  expect(publisher.stats().replayedRecords).toBeGreaterThan(0);
  expect(publisher.stats().dropped.size).toBe(0);
  await publisher.close(1_000);
}

function spoolFiles(folder: string): string[] {
  return readdirSync(join(folder, 'spool'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.segment'),
  );
}

/** The lines of each process' file, by `<round>-<target>`. */
function linesOf(folder: string, prefix: string): Map<string, string[]> {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return new Map(
    names.map((name) => [
      name.slice(prefix.length, -'.log'.length),
      readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1),
    ]),
  );
}
