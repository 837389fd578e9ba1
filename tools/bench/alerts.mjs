// What alerting costs beside the series of a partition: per point that is applied, per alert that is watched, and in the snapshot.
import { setImmediate as breathe } from 'node:timers/promises';
import { encodeSnapshot, PartitionState, restoreSnapshot } from '@omninode/aggregation';
import { AlertEngine, parseRules } from '@omninode/alerting';
import { ruleFile } from './alerts/rule-file.mjs';
import { cpuAndDelay, cpuNs, median, randomWalk, seededRandom, usedBytes } from './measure/measure.mjs';

export const title =
  'Alerting beside the series of a partition: CPU per point, memory per alert, snapshot with its alerts';

const startMs = 1_790_000_000_000;
const pointsPerRecord = 320;
const metrics = Array.from({ length: 8 }, (_, nth) => ({
  name: `omninode_bench_${nth}${nth < 6 ? '' : '_total'}`,
  kind: nth < 6 ? 'gauge' : 'counter',
  values: Array.from({ length: pointsPerRecord / 8 }, (_value, at) => nth + 8 * at),
}));

/** `--every 10`: ms between the records of a target; default 5 000, as collectors take them. */
export async function run(options) {
  const at = options.indexOf('--every');
  const everyMs = at < 0 ? 5_000 : Number(options[at + 1]);
  const without = perPoint({ rules: 0, everyMs });
  const rows = [costRow('no rules', without, without)];
  rows.push(costRow('100 rules by target', perPoint({ rules: 100, everyMs }), without));
  rows.push(costRow('1 000 rules by target', perPoint({ rules: 1_000, everyMs }), without));
  const bySeries = perPoint({ rules: 100, everyMs, by: ['target', 'nth'] });
  rows.push(costRow('100 rules by series', bySeries, without));
  rows.push(...(await snapshotRows()));
  return rows;
}

const noCell = '';

function costRow(what, { nsPerPoint, alerts, bytesPerAlert, tickMs }, without) {
  return {
    what,
    alerts,
    'ns/point': nsPerPoint.toFixed(1),
    'of it alerting': (nsPerPoint - without.nsPerPoint).toFixed(1),
    'bytes/alert': alerts > 0 ? bytesPerAlert.toFixed(0) : noCell,
    'CPU ms': tickMs.toFixed(2),
    'longest delay ms': noCell,
    MB: noCell,
  };
}

/** Records of 40 targets, applied to one partition and judged. Bytes are what the heap holds more with the windows full. */
function perPoint({ rules, everyMs, by }) {
  const targets = 40;
  const state = new PartitionState({ series: 200_000, seriesPerEntity: 10_000 });
  const engine = engineOf(rules > 0 ? ruleFile({ rules, metrics, by }) : undefined);
  const records = Array.from({ length: targets }, (_, nth) => recordsOf(`host-${nth}`));
  const ns = [];
  let pass = 0;
  const apply = (passes) => {
    const drawn = [];
    for (const until = pass + passes; pass < until; pass++) {
      const nowMs = startMs + pass * everyMs;
      for (const next of records) drawn.push({ record: next(pass, nowMs), nowMs });
    }
    const work = () => {
      for (const { record, nowMs } of drawn) state.take({ ok: true, record }, { offset: state.nextOffset }, nowMs);
    };
    return cpuNs(work) / (drawn.length * pointsPerRecord);
  };
  // The first without alerts, so that their memory is told apart from that of the series.
  apply(1);
  const bytesBefore = usedBytes();
  state.onApplied = ({ entity }, nowMs) =>
    engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  for (let round = 0; round < 7; round++) ns.push(apply(70));
  const alertBytes = usedBytes() - bytesBefore;
  const nowMs = startMs + pass * everyMs;
  engine.settle(nowMs, state.nextOffset, true);
  const ticks = Array.from({ length: 5 }, () => cpuNs(() => engine.tick(nowMs, state.nextOffset)) / 1e6);
  if (engine.counts().failures > 0) throw new Error('evaluations failed');
  return {
    nsPerPoint: median(ns.slice(2)),
    alerts: engine.size,
    bytesPerAlert: alertBytes / engine.size,
    tickMs: median(ticks),
  };
}

/** 100 000 series, 10 000 alerts with full windows. */
async function snapshotRows() {
  const targets = 312;
  const state = new PartitionState({ series: 200_000, seriesPerEntity: 10_000 });
  const text = ruleFile({ rules: 32, metrics });
  const engine = engineOf(text);
  state.onApplied = ({ entity }, nowMs) =>
    engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  const records = Array.from({ length: targets }, (_, nth) => recordsOf(`host-${nth}`));
  for (let pass = 0; pass < 70; pass++) {
    const nowMs = startMs + pass * 5_000;
    for (const next of records)
      state.take({ ok: true, record: next(pass, nowMs) }, { offset: state.nextOffset }, nowMs);
  }
  const encoded = [];
  const restored = [];
  for (let round = 0; round < 5; round++) {
    encoded.push(
      await cpuAndDelay(() => {
        state.beside = { alerts: engine.form() };
        return encodeSnapshot(state, () => breathe());
      }),
    );
    restored.push(
      await cpuAndDelay(async () => {
        const again = restoreSnapshot(encoded.at(-1).result, state.store.limits);
        const other = engineOf(text);
        other.restore(again.beside.alerts, again.store, { timeMs: 0, nowMs: 0, offset: again.nextOffset - 1 });
        return other.size;
      }),
    );
  }
  if (restored.at(-1).result !== engine.size) throw new Error('alerts were lost in the snapshot');
  const row = (what, measured) => ({
    what: `${what} ${(state.store.size / 1000).toFixed(0)} k series with their alerts`,
    alerts: engine.size,
    'ns/point': noCell,
    'of it alerting': noCell,
    'bytes/alert': noCell,
    'CPU ms': median(measured.map(({ cpuMs }) => cpuMs)).toFixed(0),
    'longest delay ms': median(measured.map(({ longestDelayMs }) => longestDelayMs)).toFixed(0),
    MB: (encoded[0].result.length / 1e6).toFixed(2),
  });
  return [row('encode', encoded), row('restore', restored)];
}

function engineOf(text) {
  const options = { partition: 0, hasOffsets: true, replayedAfterMs: Infinity, mostInstances: 200_000 };
  return new AlertEngine(text === undefined ? [] : rulesOf(text), options);
}

function rulesOf(text) {
  const { rules, problems } = parseRules(text, {
    file: 'bench.yaml',
    catalogue: new Map(),
    runbooksUrl: 'http://mesh/',
  });
  if (problems.length > 0) throw new Error(JSON.stringify(problems.slice(0, 3)));
  return rules;
}

/** The records of a target as they come decoded: its dictionary with the first. */
function recordsOf(target) {
  const random = seededRandom(target.length * 31 + Number(target.slice(5)));
  const walks = Array.from({ length: pointsPerRecord }, () => randomWalk(random));
  const totals = new Float64Array(pointsPerRecord);
  const definitions = metrics.map(({ name, kind }) => {
    return { name, kind, unit: '', help: 'X.', labelNames: ['target', 'nth'], bounds: [] };
  });
  const series = walks.map((_, nth) => [nth % 8, [target, String(nth)]]);
  return (pass, timeMs) => {
    const values = walks.map((walk, nth) => (nth % 8 < 6 ? walk() : (totals[nth] += 1 + (nth % 5))));
    return {
      producer: `bench/${target}`,
      entity: target,
      incarnation: 1,
      sequence: pass + 1,
      timeMs,
      dictionary: pass === 0 ? { from: 0, metrics: definitions, series } : null,
      data: { known: pointsPerRecord, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] },
      events: [],
      close: null,
      encoding: 'columns',
      rejected: [],
    };
  };
}
