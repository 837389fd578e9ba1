import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentTypes } from '@omninode/contracts';
import { ask, quietLedger, startMeshProcess } from '@omninode/testing';
import type { MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** The product as it is configured by default, and two services that invent a million series, one in each encoding. */
const folder = mkdtempSync(join(tmpdir(), 'omninode-cardinality-'));
const each = 500_000;
const inOneRecord = 4_000;
/** Of each service that many gauges come first, above what the rule allows; the rest are operations of requests. */
const gauges = 8_000;
const seriesPerEntity = 50_000;
/** What the process may take at most while a million series come and 100 000 of them are held, MB. */
const memoryMb = 1_200;

const rules = `apiVersion: omninode/v1
kind: RuleSet
rules:
  - name: PoolFull
    signal: { metric: omninode_active_connections, by: [target, service_name, service, pool] }
    window: { fn: last }
    levels:
      critical: { fire: "> 90" }
    maxInstances: 5
    annotations: { summary: "{{ labels.pool }} is full" }
    runbook: { meaning: Connections run out., look: Who holds them., do: Let go of them. }
`;
const env = {
  OMNINODE_DATA_DIR: join(folder, 'data'),
  OMNINODE_ALERTS_RULES_FOLDER: join(folder, 'rules'),
  OMNINODE_HISTORY_WRITE_EVERY: '1s',
  // Nothing answers there: so there is something to watch, and no demo.
  OMNINODE_REDIS_URL: 'redis://127.0.0.1:1',
};
const patiently = { timeout: 60_000, interval: 500 };
let mesh: MeshProcess;
let peakMb = 0;
let watch: NodeJS.Timeout;

beforeAll(async () => {
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'pool.yaml'), rules);
  mesh = await startMeshProcess({ app: 'all-in-one', name: 'bombed', env });
  watch = setInterval(() => (peakMb = Math.max(peakMb, residentMb())), 200);
}, 60_000);
afterAll(async () => {
  clearInterval(watch);
  await mesh?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('a million series: the caps hold, what is refused is counted, one alert tells of all, and others go on', async () => {
  await tellOfOther(1);
  const beganMs = Date.now();
  for (let from = 0; from < each; from += inOneRecord) {
    await send('bomb-rows', contentTypes.rows, rowsRecord(from));
    for (const record of columnRecords(from)) await send('bomb-columns', contentTypes.columns, record);
    if (from % (25 * inOneRecord) === 0) await tellOfOther(2 + from / inOneRecord);
  }
  const tookMs = Date.now() - beganMs;
  await tellOfOther(10_000);
  await quietLedger(mesh);

  const page = await ask(mesh, '/metrics');
  for (const service of ['bomb-rows', 'bomb-columns']) {
    expect([service, page.split('\n').filter((line) => line.includes(`service_name="${service}"`)).length]).toEqual([
      service,
      seriesPerEntity,
    ]);
  }
  expect(sumOf(page, 'omninode_mesh_points_refused_total')).toBe(2 * (each - seriesPerEntity));
  expect(sumOf(page, 'omninode_mesh_series{state="refused"}')).toBeGreaterThan(0);
  expect(page).toMatch(/^omninode_requests_total\{.*service_name="other".*\} 10000$/m);

  // History: so many operations of a partition, the rest in one, counted.
  expect(sumOf(page, 'omninode_mesh_rollup_subjects{kind="operation"}')).toBeLessThanOrEqual(4 * (5_000 + 2));
  expect(sumOf(page, 'omninode_mesh_rollup_series_folded')).toBeGreaterThan(10_000);
  const told = async () => {
    const answer = await ask(mesh, '/api/v1/slow-operations?by=count&service=other');
    return (JSON.parse(answer) as { operations: { operation: string; count: number }[] }).operations;
  };
  await expect.poll(told, patiently).toMatchObject([{ operation: 'pay', count: 10_000 }]);

  // Alerting: of each partition five alerts one by one, and one for the rest.
  const alerts = async () => {
    const answer = JSON.parse(await ask(mesh, '/api/v1/alerts?limit=500')) as { alerts: Alert[] };
    return answer.alerts.filter(({ name, labels }) => name === 'PoolFull' && labels.service_name !== 'other');
  };
  await expect.poll(async () => (await alerts()).length, patiently).toBeGreaterThan(5);
  const bombs = await alerts();
  const overflow = bombs.filter(({ labels }) => labels.overflow !== undefined);
  expect(overflow.length).toBeLessThanOrEqual(2);
  expect(overflow.length).toBeGreaterThan(0);
  expect(bombs.length).toBe(overflow.length * 6);
  const took = `${Math.round((2 * each) / (tookMs / 1_000))} series/s, at most ${peakMb} MB`;
  console.log(`cardinality: ${2 * each} series in ${(tookMs / 1_000).toFixed(1)} s (${took})`);
  expect(peakMb).toBeLessThan(memoryMb);

  // Killed, it starts again from that, within the same bound, and knows as much.
  await mesh.kill();
  mesh = await startMeshProcess({ app: 'all-in-one', name: 'bombed', env });
  await expect
    .poll(async () => sumOf(await ask(mesh, '/metrics'), 'omninode_requests_total'), patiently)
    .toBe(sumOf(page, 'omninode_requests_total'));
  await expect.poll(told, patiently).toMatchObject([{ operation: 'pay', count: 10_000 }]);
  expect(peakMb).toBeLessThan(memoryMb);
}, 240_000);

interface Alert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

async function send(entity: string, type: string, body: object): Promise<void> {
  for (;;) {
    const answer = await fetch(`${mesh.url}/api/v1/measurements`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    });
    const { status } = answer;
    if (status === 202) return;
    if (status !== 429 && status !== 503) throw new Error(`${entity}: ${status} ${await answer.text()}`);
    await sleep(200);
  }
}

/** A service that goes on with its own, as it did before. */
async function tellOfOther(count: number): Promise<void> {
  const labels = { service_name: 'other', component: 'api', operation: 'pay', status: 'success' };
  const points = [{ name: 'omninode_requests_total', kind: 'counter', labels, value: count, start }];
  await send('other', contentTypes.rows, { v: 1, entity: 'other', producer: 'other/1', time: Date.now(), points });
}

const start = Date.now() - 1_000;

function rowsRecord(from: number): object {
  const points = numbers(from).map((nth) => {
    const labels = { service_name: 'bomb-rows' };
    if (nth < gauges) {
      const pool = { ...labels, service: 'postgresql', pool: `pool-${nth}` };
      return { name: 'omninode_active_connections', kind: 'gauge', labels: pool, value: 99 };
    }
    const request = { ...labels, component: 'api', operation: `operation-${nth}`, status: 'success' };
    return { name: 'omninode_requests_total', kind: 'counter', labels: request, value: nth };
  });
  return { v: 1, entity: 'bomb-rows', producer: 'bomb-rows/1', time: Date.now(), points };
}

let sequence = 0;

function columnRecords(from: number): [dictionary: object, data: object] {
  const head = { v: 1, p: 'bomb-columns/1', e: 'bomb-columns', n: 1, t: Date.now() };
  const metrics = [
    ['omninode_active_connections', 'gauge', '', 'C.', ['service_name', 'service', 'pool']],
    ['omninode_requests_total', 'counter', '', 'R.', ['service_name', 'component', 'operation', 'status']],
  ];
  const series = numbers(from).map((nth) =>
    nth < gauges
      ? [0, ['bomb-columns', 'postgresql', `pool-${nth}`]]
      : [1, ['bomb-columns', 'api', `operation-${nth}`, 'success']],
  );
  const indexes = numbers(from);
  return [
    { ...head, k: 'dict', q: ++sequence, from, m: metrics, s: series },
    {
      ...head,
      k: 'data',
      q: ++sequence,
      d: from + inOneRecord,
      i: indexes,
      x: indexes.map((nth) => (nth < gauges ? 99 : nth)),
    },
  ];
}

function numbers(from: number): number[] {
  return Array.from({ length: inOneRecord }, (_, nth) => from + nth);
}

function sumOf(page: string, name: string): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(name.includes('{') ? name : `${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

function residentMb(): number {
  const file = `/proc/${mesh.pid}/status`;
  // Between its kill and its next start it has none.
  if (!existsSync(file)) return 0;
  const status = readFileSync(file, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
