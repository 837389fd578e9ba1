// What history costs: `node --expose-gc libs/history/bench/cost.mjs`. Reading and keeping 30 days of 1 000 operations, slow operations of 24 h
// from them, and what the rollups add to a record on its way through the aggregator.
import { setImmediate as breathe } from 'node:timers/promises';
import { PartitionState } from '@omninode/aggregation';
import { readRollup } from '@omninode/contracts';
import { Baselines, rankOperations, RollupBook, RollupKeeper } from '@omninode/history';

const hourMs = 3_600_000;
const operations = 1_000;
const hours = 30 * 24;
const beginMs = Date.UTC(2026, 9, 25);
const endMs = beginMs + hours * hourMs;

await measureBook();
measureKeeper();

async function measureBook() {
  const before = memoryMb();
  const book = new RollupBook();
  const baselines = new Baselines({ series: 300, isAlerting: () => false });
  let bytes = 0;
  let longestMs = 0;
  let cpuMs = 0;
  for (let hour = 0; hour < hours; hour++) {
    const values = Array.from({ length: operations }, (_, nth) => Buffer.from(JSON.stringify(rollup(nth, hour))));
    const startedMs = performance.now();
    for (const value of values) {
      bytes += value.length;
      const read = readRollup(value);
      if (!read.ok) throw new Error(read.detail);
      book.take(read.record, hour % 12);
      baselines.take(read.record);
    }
    const tookMs = performance.now() - startedMs;
    cpuMs += tookMs;
    longestMs = Math.max(longestMs, tookMs);
    await breathe();
  }
  const records = operations * hours;
  console.log(
    `read ${records} rollups of ${Math.round(bytes / records)} bytes: ${Math.round((cpuMs * 1_000) / records)} µs each, ${(cpuMs / 1_000).toFixed(1)} s`,
  );
  console.log(`kept of 30 days: ${memoryMb() - before} MB, with baselines of 300 series`);
  for (const [what, windowMs] of [
    ['24 h', 24 * hourMs],
    ['30 days', 30 * 24 * hourMs],
  ]) {
    const times = Array.from({ length: 20 }, () => {
      const startedMs = performance.now();
      rankOperations(book, { fromMs: endMs - windowMs, toMs: endMs, by: 'p95', limit: 5 });
      return performance.now() - startedMs;
    }).sort((a, b) => a - b);
    console.log(
      `slow operations of ${what}, ${operations} operations: p50 ${times[10].toFixed(1)} ms, most ${times.at(-1).toFixed(1)} ms`,
    );
  }
}

/** A tenth of the series are ones that rollups are made of, as in a process that tells of its requests among much else. */
function measureKeeper() {
  const points = 320;
  const tracked = 32;
  const costs = { without: [], with: [] };
  let dueMs = 0;
  let formMs = 0;
  for (let turn = 0; turn < 10; turn++) {
    for (const name of ['without', 'with']) {
      const state = new PartitionState({ series: 200_000, seriesPerEntity: 200_000 });
      const keeper = new RollupKeeper({
        operations: 5_000,
        reportSeries: 2_000,
        graceMs: 300_000,
        openEveryMs: 60_000,
      });
      if (name === 'with') state.onApplied = (record, nowMs) => keeper.take(state, record, nowMs);
      for (let producer = 0; producer < 40; producer++)
        state.take(dictionary(producer, points, tracked), { offset: producer }, endMs);
      const records = Array.from({ length: 4_000 }, (_, nth) => data(nth, points));
      globalThis.gc?.();
      const startedMs = performance.now();
      for (const [nth, record] of records.entries()) state.take(record, { offset: 40 + nth }, endMs);
      costs[name].push(((performance.now() - startedMs) * 1e6) / (4_000 * points));
      if (name === 'without') continue;
      const dueAtMs = performance.now();
      const due = [...keeper.due(endMs, true)].length;
      dueMs = performance.now() - dueAtMs;
      const formAtMs = performance.now();
      const size = JSON.stringify(keeper.form()).length;
      formMs = performance.now() - formAtMs;
      if (turn === 9)
        console.log(
          `rollups that were due: ${due} in ${dueMs.toFixed(0)} ms; in the snapshot: ${Math.round(size / 1024)} KiB, ${formMs.toFixed(0)} ms`,
        );
    }
  }
  const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const [without, with_] = [median(costs.without), median(costs.with)];
  console.log(
    `a point of a record of ${points}, ${tracked} of them for rollups: ${without.toFixed(1)} ns without, ${with_.toFixed(1)} ns with rollups`,
  );
}

function dictionary(producer, points, tracked) {
  const names = ['omninode_requests_total', 'omninode_elsewhere_total'].map((name) => ({
    name,
    kind: 'counter',
    unit: '',
    help: '',
    labelNames: ['service_name', 'component', 'operation', 'status'],
    bounds: [],
  }));
  const series = Array.from({ length: points }, (_, nth) => [
    nth % (points / tracked) === 0 ? 0 : 1,
    [`service-${producer}`, 'api', `operation-${nth}`, 'success'],
  ]);
  return decoded(producer, 1, { dictionary: { from: 0, metrics: names, series } });
}

function data(nth, points) {
  const values = Array.from({ length: points }, (_, at) => nth + at);
  return decoded(nth % 40, 2 + Math.floor(nth / 40), {
    data: { known: points, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] },
  });
}

function decoded(producer, sequence, content) {
  const timeMs = endMs - hourMs + sequence * 1_000;
  const record = {
    producer: `service-${producer}/1`,
    entity: `service-${producer}`,
    incarnation: 1,
    sequence,
    timeMs,
    dictionary: null,
    data: null,
    events: [],
    close: null,
    encoding: 'columns',
    rejected: [],
    ...content,
  };
  return { ok: true, record };
}

function rollup(nth, hour) {
  const counts = Array.from({ length: 30 + (nth % 20) }, (_, at) => (at * 7 + nth + hour) % 23);
  const exemplar = {
    at: beginMs + hour * hourMs,
    seconds: 1.5,
    status: 'success',
    requestId: `r-${nth}-${hour}`,
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
  };
  return {
    v: 1,
    k: 'operation',
    entity: `service-${nth % 20}`,
    hour: beginMs + hour * hourMs,
    closed: true,
    service: `service-${nth % 20}`,
    component: 'api',
    operation: `operation-${nth}`,
    requests: { success: 900, failure: 3 },
    durations: { success: [4, 0, 120.5, -80, counts], failure: [4, 0, 3.2, -20, [1, 0, 2]] },
    errors: nth % 3 === 0 ? { ECONNREFUSED: 3 } : {},
    timeouts: 0,
    slow: 1,
    retries: 0,
    exemplars: [exemplar, exemplar, exemplar],
  };
}

function memoryMb() {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1024 / 1024);
}
