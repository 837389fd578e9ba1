// A scrape of 100 000 series: our page against prom-client's, the same names, labels and values, in turns in one run.
// All values change between two scrapes, which is the worst case.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as breathe } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exposition, PartitionState } from '@omninode/aggregation';
import { Gauge, Registry } from 'prom-client';
import { cpuAndDelay, median, randomWalk, seededRandom } from './measure/measure.mjs';

export const title = '/metrics with 100 000 series: CPU and longest delay of the event loop';

const count = 100_000;
const names = 50;
const rounds = 12;
const turns = 3;
const nowMs = 1_790_000_000_000;

const makers = { omninode: makeOurs, 'prom-client': makeTheirs };

export async function run() {
  const measured = { omninode: [], 'prom-client': [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const side of Object.keys(makers)) measured[side].push(await measureInProcess(side));
  }
  const cpuMs = (side) => median(measured[side].map((each) => each.cpuMs));
  return Object.entries(measured).map(([side, each]) => ({
    page: side,
    'CPU ms': cpuMs(side).toFixed(1),
    'first page ms': median(each.map(({ firstMs }) => firstMs)).toFixed(0),
    'longest delay ms': median(each.map(({ longestDelayMs }) => longestDelayMs)).toFixed(1),
    MB: (each[0].bytes / 1e6).toFixed(1),
    ratio: `${(cpuMs('prom-client') / cpuMs(side)).toFixed(1)}x`,
  }));
}

async function measureInProcess(side) {
  const child = fork(fileURLToPath(import.meta.url), [side]);
  const [result] = await once(child, 'message');
  return result;
}

/** The first page builds what later ones only write; the median of the later ones counts. */
async function measure({ set, page }) {
  const random = seededRandom(7);
  const walks = Array.from({ length: count }, () => randomWalk(random));
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    set(
      walks.map((next) => next()),
      round,
    );
    measured.push(await cpuAndDelay(page));
  }
  const [first, ...later] = measured;
  return {
    firstMs: first.cpuMs,
    cpuMs: median(later.map(({ cpuMs }) => cpuMs)),
    longestDelayMs: median(later.map(({ longestDelayMs }) => longestDelayMs)),
    bytes: first.result,
  };
}

function makeOurs() {
  const state = new PartitionState({ series: count, seriesPerEntity: count });
  const metrics = Array.from({ length: names }, (_, nth) => ({
    name: nameOf(nth),
    kind: 'gauge',
    unit: '',
    help: 'X.',
    labelNames: ['target', 'database', 'state'],
    bounds: [],
  }));
  const series = Array.from({ length: count }, (_, nth) => [nth % names, Object.values(labelsOf(nth))]);
  let offset = 0;
  const take = (content) =>
    state.take({ ok: true, record: { ...record, ...content, sequence: offset + 1 } }, { offset: offset++ }, nowMs);
  take({ dictionary: { from: 0, metrics, series } });
  return {
    set: (values, round) =>
      take({
        timeMs: nowMs + round,
        data: { known: count, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] },
      }),
    async page() {
      let bytes = 0;
      for (const slice of exposition([state], { format: 'text', expiryMs: 60_000, nowMs })) {
        bytes += slice.length;
        await breathe();
      }
      return bytes;
    },
  };
}

function makeTheirs() {
  const registry = new Registry();
  const gauges = Array.from(
    { length: names },
    (_, nth) =>
      new Gauge({ name: nameOf(nth), help: 'X.', labelNames: ['target', 'database', 'state'], registers: [registry] }),
  );
  return {
    set: (values) => values.forEach((value, nth) => gauges[nth % names].set(labelsOf(nth), value)),
    page: async () => Buffer.from(await registry.metrics()).length,
  };
}

const record = {
  producer: 'bench/1',
  entity: 'bench',
  incarnation: 1,
  timeMs: nowMs,
  dictionary: null,
  data: null,
  events: [],
  close: null,
  encoding: 'columns',
  rejected: [],
};
const nameOf = (nth) => `omninode_bench_${nth % names}_seconds`;
const labelsOf = (nth) => ({
  target: `orders-db-${nth % 200}`,
  database: `database-${Math.floor(nth / 200)}`,
  state: 'active',
});

// Each side has a process of its own, so that neither pays for the other's garbage; they take turns.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.send(await measure(makers[process.argv[2]]()));
  process.disconnect();
}
