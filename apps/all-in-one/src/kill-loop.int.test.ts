import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeRecord, topicNames } from '@omninode/contracts';
import { PartitionState } from '@omninode/aggregation';
import { seededChance } from '@omninode/testing';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, expect, test } from 'vitest';

const service = fileURLToPath(new URL('../dist/testing/kill-loop-service.js', import.meta.url));
const rounds = Number(process.env.KILL_LOOP_ROUNDS ?? 20);
const seed = Number(process.env.KILL_LOOP_SEED ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'omninode-kill-loop-'));

/** Sequences that the bus acknowledged, by producer and incarnation, as the producers said themselves. */
const acknowledged = new Map<string, Set<number>>();
let last: ChildProcess | undefined;

afterAll(() => {
  last?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test(`kill -9 at any moment, ${rounds} times, seed ${seed}: no counter changes, no record is lost or counted twice`, async () => {
  console.log(`kill loop: KILL_LOOP_SEED=${seed} KILL_LOOP_ROUNDS=${rounds}`);
  const random = seededChance(seed);
  for (let round = 0; round < rounds; round++) {
    const { child } = await start();
    await sleep(50 + random() * 900);
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  const { child, url } = await start('--quiet');
  const ledger = await quietLedger(url);
  const page = await (await fetch(`${url}/metrics`)).text();
  child.kill('SIGTERM');
  await once(child, 'close');

  expect(ledger).toMatchObject({ closes: true, complete: true, lag: 0, gaps: [] });
  const { received, applied, duplicate, missing, dead_lettered: deadLettered } = ledger.totals;
  expect(missing).toBe(0);
  expect(deadLettered).toBe(0);
  expect(received).toBe(applied + duplicate);

  const replayed = await replay();
  expect(seriesOf(page)).toEqual(replayed.values);
  // Every record that was acknowledged is in the state, each exactly once.
  let count = 0;
  for (const [producer, sequences] of acknowledged) {
    expect([...sequences].filter((sequence) => !replayed.received.get(producer)?.has(sequence))).toEqual([]);
    count += sequences.size;
  }
  expect(count).toBeGreaterThan(rounds * 10);
  expect(applied).toBe(replayed.distinct);
  console.log(
    `kill loop: ${count} records acknowledged, ${received} received, ${applied} applied, ${duplicate} duplicates, ${missing} missing`,
  );
}, 300_000);

async function start(mode?: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [service, folder, ...(mode ? [mode] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  last = child;
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [word, first = '', incarnation, sequence] = line.split(' ');
    if (word === 'ready') ready.resolve(first);
    else if (word === 'acknowledged') remember(`${first} ${incarnation}`, Number(sequence));
  });
  child.once('exit', (code) => ready.reject(new Error(`it ended before it was ready, with code ${code}`)));
  return { child, url: await ready.promise };
}

function remember(producer: string, sequence: number): void {
  acknowledged.set(producer, (acknowledged.get(producer) ?? new Set()).add(sequence));
}

interface Ledger {
  readonly closes: boolean;
  readonly lag: number;
  readonly totals: Readonly<Record<'received' | 'applied' | 'duplicate' | 'missing' | 'dead_lettered', number>>;
}

/** The ledger once nothing is under way any more. */
async function quietLedger(url: string): Promise<Ledger> {
  let before = '';
  for (let attempt = 0; attempt < 200; attempt++) {
    const ledger = (await (await fetch(`${url}/api/v1/ledger`)).json()) as Ledger;
    const now = JSON.stringify(ledger.totals);
    if (ledger.lag === 0 && now === before && ledger.closes) return ledger;
    before = now;
    await sleep(300);
  }
  throw new Error(`The ledger did not come to rest: ${before}`);
}

/** The same topic read from its beginning by one state that was never interrupted: what must have come out. */
async function replay() {
  const topics = topicNames();
  const bus = openEmbeddedBus({ folder: join(folder, 'bus'), topics });
  const values = new Map<string, number>();
  const received = new Map<string, Set<number>>();
  let distinct = 0;
  for (let partition = 0; partition < 4; partition++) {
    const state = new PartitionState({ series: 10_000, seriesPerEntity: 10_000 });
    await bus.readToEnd(topics.measurement, partition, (record) => {
      const decoded = decodeRecord(record.value, record.headers['content-type'], record.key);
      if (decoded.ok) {
        const key = `${decoded.record.producer} ${decoded.record.incarnation}`;
        received.set(key, (received.get(key) ?? new Set()).add(decoded.record.sequence!));
      }
      state.take(decoded, record, Date.now());
    });
    distinct += state.ledger.applied;
    state.store.series.forEach(({ metric, labelValues }, nth) =>
      values.set(`${metric.name} ${labelValues.join(' ')}`, state.store.values[state.store.slots[nth]!]!),
    );
  }
  await bus.close();
  return { values: sorted(values), received, distinct };
}

function seriesOf(page: string): [string, number][] {
  const values = new Map<string, number>();
  for (const [, labels = '', value] of page.matchAll(/^omninode_loop_events_total\{(.*)\} (\S+)$/gm)) {
    values.set(
      `omninode_loop_events_total ${[...labels.matchAll(/="([^"]+)"/g)].map((match) => match[1]).join(' ')}`,
      Number(value),
    );
  }
  return sorted(values);
}

function sorted(values: ReadonlyMap<string, number>): [string, number][] {
  return [...values].sort(([a], [b]) => a.localeCompare(b));
}
