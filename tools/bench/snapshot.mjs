// What it costs to write down and to restore the state of a partition with 100 000 series, as happens every 10 s and after a
// restart. Values are of a random walk; each series has its own labels.
import { setImmediate as breathe } from 'node:timers/promises';
import { encodeSnapshot, PartitionState, restoreSnapshot } from '@omninode/aggregation';
import { cpuAndDelay, median, randomWalk, seededRandom, usedBytes } from './measure/measure.mjs';

export const title = 'Snapshot of a partition with 100 000 series: CPU, longest delay of the event loop, size, memory';

const count = 100_000;
const names = 50;
const rounds = 7;
const nowMs = 1_790_000_000_000;
const limits = { series: count, seriesPerEntity: count };

export async function run() {
  const before = usedBytes();
  const state = filledState();
  const heldBytes = usedBytes() - before;
  const encoded = [];
  const restored = [];
  for (let round = 0; round < rounds; round++) {
    encoded.push(await cpuAndDelay(() => encodeSnapshot(state, () => breathe())));
    restored.push(await cpuAndDelay(async () => restoreSnapshot(encoded.at(-1).result, limits)));
  }
  return [rowOf('encode', encoded), rowOf('restore', restored)];

  function rowOf(step, measured) {
    return {
      step,
      'CPU ms': median(measured.map(({ cpuMs }) => cpuMs)).toFixed(0),
      'longest delay ms': median(measured.map(({ longestDelayMs }) => longestDelayMs)).toFixed(0),
      'record MB': (encoded[0].result.length / 1e6).toFixed(2),
      'bytes held a series': (heldBytes / count).toFixed(0),
    };
  }
}

function filledState() {
  const state = new PartitionState(limits);
  const metrics = Array.from({ length: names }, (_, nth) => ({
    name: `omninode_bench_${nth}_seconds`,
    kind: 'gauge',
    unit: 'seconds',
    help: 'X.',
    labelNames: ['target', 'database', 'state'],
    bounds: [],
  }));
  const series = Array.from({ length: count }, (_, nth) => [
    nth % names,
    [`orders-db-${nth % 200}`, `database-${Math.floor(nth / 200)}`, 'active'],
  ]);
  const random = seededRandom(7);
  const values = series.map(() => randomWalk(random)());
  const columns = { known: count, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] };
  const record = {
    producer: 'bench/1',
    entity: 'bench',
    incarnation: 1,
    sequence: 1,
    timeMs: nowMs,
    dictionary: { from: 0, metrics, series },
    data: columns,
    events: [],
    close: null,
    encoding: 'columns',
    rejected: [],
  };
  state.take({ ok: true, record }, { offset: 0 }, nowMs);
  return state;
}
