import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PartitionState } from '@omninode/aggregation';
import { decodeRecord, readRollup, topicNames, type Bus, type OperationRollup } from '@omninode/contracts';
import { seededChance } from '@omninode/testing';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { afterAll, expect, test } from 'vitest';

const service = fileURLToPath(new URL('../dist/testing/kill-rollups-service.js', import.meta.url));
const rounds = Number(process.env.KILL_LOOP_ROUNDS ?? 10);
const seed = Number(process.env.KILL_LOOP_SEED ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'omninode-kill-rollups-'));
const hourMs = 3_600_000;
const topics = topicNames();

interface Totals {
  readonly success: number;
  readonly timeout: number;
  readonly sum: number;
  readonly byPower: readonly number[];
}
/** What each process of a service said before it sent it: by service, process and operation, each pass by its successes. */
const said = new Map<string, Map<number, Totals>>();
let last: ChildProcess | undefined;

afterAll(() => {
  last?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test(`kill -9 at any moment, ${rounds} times, seed ${seed}: the rollups are what the services counted, exactly`, async () => {
  console.log(`kill loop of rollups: KILL_LOOP_SEED=${seed} KILL_LOOP_ROUNDS=${rounds}`);
  const random = seededChance(seed);
  for (let round = 0; round < rounds; round++) {
    const { child } = await start();
    await sleep(50 + random() * 3_000);
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  const { child, url } = await start('--quiet');
  await rollupsCaughtUp(url);
  child.kill('SIGTERM');
  await once(child, 'close');

  const bus = openEmbeddedBus({ folder: join(folder, 'bus'), topics });
  const { totals, slow } = await expected(bus);
  const rollups = await newestRollups(bus);
  await bus.close();
  expect(addedUp(rollups.map(totalsOf))).toEqual(addedUp(totals));
  for (const { service: name, operation, hour, exemplars } of rollups) {
    const ofHour = slow.filter(
      (each) => each.key === `${name} ${operation}` && Math.floor(each.at / hourMs) * hourMs === hour,
    );
    ofHour.sort(
      (one, other) => other.seconds - one.seconds || other.at - one.at || (one.requestId < other.requestId ? -1 : 1),
    );
    expect(exemplars.map(({ requestId }) => requestId)).toEqual(ofHour.slice(0, 3).map(({ requestId }) => requestId));
  }
  const requests = totals.reduce((sum, [, { success, timeout }]) => sum + success + timeout, 0);
  expect(requests).toBeGreaterThan(rounds * 100);
  console.log(
    `kill loop of rollups: ${requests} requests of ${totals.length / 2} processes of services in ${rollups.length} rollups`,
  );
}, 300_000);

async function start(mode?: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [service, folder, ...(mode ? [mode] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  last = child;
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const [, word, rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    if (word === 'ready') ready.resolve(rest);
    else if (word === 'pass') remember(rest);
  });
  child.once('exit', (code) => ready.reject(new Error(`it ended before it was ready, with code ${code}`)));
  return { child, url: await ready.promise };
}

function remember(json: string): void {
  const [name, instance, operations] = JSON.parse(json) as [string, string, Record<string, Totals>];
  for (const [operation, totals] of Object.entries(operations)) {
    const key = `${name} ${instance} ${operation}`;
    said.set(key, (said.get(key) ?? new Map<number, Totals>()).set(totals.success, totals));
  }
}

interface SlowAttributes {
  readonly operation: string;
  readonly duration_seconds: number;
  readonly request_id: string;
}

interface Slow {
  readonly key: string;
  readonly at: number;
  readonly seconds: number;
  readonly requestId: string;
}

/** The rollups of everybody say as many requests as the counters do. */
async function rollupsCaughtUp(url: string): Promise<void> {
  let counted = 0;
  const read = async () => {
    const page = await (await fetch(`${url}/metrics`)).text();
    const before = counted;
    counted = [...page.matchAll(/^omninode_requests_total\{.*\} (\S+)$/gm)].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    );
    const answer = await fetch(`${url}/api/v1/slow-operations?by=count&limit=100&window=2h`);
    const { operations } = (await answer.json()) as { operations: { count: number }[] };
    const told = operations.reduce((sum, { count }) => sum + count, 0);
    return counted > 0 && counted === before && told === counted;
  };
  await expect.poll(read, { timeout: 60_000, interval: 500 }).toBe(true);
}

/** What must have come out. What is on the bus tells how far each process came; what it had counted by then it has said itself. */
async function expected(bus: Bus): Promise<{ totals: [string, Totals][]; slow: Slow[] }> {
  const totals: [string, Totals][] = [];
  const slow: Slow[] = [];
  for (let partition = 0; partition < 4; partition++) {
    const state = new PartitionState({ series: 10_000, seriesPerEntity: 10_000 });
    state.onApplied = ({ entity, events }) => {
      for (const { timeMs: at, attributes } of events) {
        const { operation, duration_seconds: seconds, request_id: requestId } = attributes as unknown as SlowAttributes;
        slow.push({ key: `${entity} ${operation}`, at, seconds, requestId });
      }
    };
    await bus.readToEnd(topics.measurement, partition, (record) => {
      state.take(decodeRecord(record.value, record.headers['content-type'], record.key), record, Date.now());
    });
    state.store.series.forEach(({ metric, labelValues }, nth) => {
      const labels = Object.fromEntries(metric.labelNames.map((name, at) => [name, labelValues[at]!]));
      if (metric.name !== 'omninode_requests_total' || labels.status !== 'success') return;
      const { service_name: name, service_instance: instance, operation } = labels;
      const passes = said.get(`${name} ${instance} ${operation}`)!;
      totals.push([`${name} ${operation}`, passes.get(state.store.values[state.store.slots[nth]!]!)!]);
    });
  }
  return { totals, slow };
}

async function newestRollups(bus: Bus): Promise<OperationRollup[]> {
  const byKey = new Map<string, OperationRollup>();
  for (let partition = 0; partition < 4; partition++) {
    await bus.readToEnd(topics.rollup, partition, ({ key, value }) => {
      const read = readRollup(value);
      if (!read.ok) throw new Error(read.detail);
      if (read.record.k === 'operation') byKey.set(key!, read.record);
    });
  }
  return [...byKey.values()];
}

function totalsOf({ service: name, operation, requests, durations, errors }: OperationRollup): [string, Totals] {
  const [scale, , sum, offset, counts] = durations.success!;
  const bucketOf = (power: number) => power * 2 ** scale - 1 - offset;
  const byPower = [-3, -2, -1, 0, 1, 2].map((power) => counts[bucketOf(power)] ?? 0);
  expect(counts.reduce((all, count) => all + count, 0)).toBe(byPower.reduce((all, count) => all + count, 0));
  expect(errors.ETIMEDOUT ?? 0).toBe(requests.timeout ?? 0);
  return [`${name} ${operation}`, { success: requests.success!, timeout: requests.timeout ?? 0, sum, byPower }];
}

function addedUp(all: readonly [string, Totals][]): Record<string, Totals> {
  const sums: Record<string, Totals> = {};
  for (const [key, { success, timeout, sum, byPower }] of all) {
    const known = sums[key] ?? { success: 0, timeout: 0, sum: 0, byPower: byPower.map(() => 0) };
    sums[key] = {
      success: known.success + success,
      timeout: known.timeout + timeout,
      sum: known.sum + sum,
      byPower: known.byPower.map((count, nth) => count + byPower[nth]!),
    };
  }
  return sums;
}
