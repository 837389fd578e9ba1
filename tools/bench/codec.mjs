// The cost of a point from the bytes of a record to the latest value of its series: our columns against JSON objects and
// prom-client, the same values of the same 12 800 series, in turns in one run.
import { PartitionState } from '@omninode/aggregation';
import { contentTypes, decodeRecord, encodeData, encodeDictionary } from '@omninode/contracts';
import { Gauge, Registry } from 'prom-client';
import { cpuNs, median, randomWalk, seededRandom } from './measure/measure.mjs';

export const title = 'Decode and apply: CPU per point, 12 800 series, values of a random walk';

const hosts = 200;
const passes = 40;
const rounds = 5;
const nowMs = 1_790_000_000_000;
const limits = { series: 100_000, seriesPerEntity: 100_000 };

export async function run() {
  return [64, 320].map((points) => {
    const corpus = makeCorpus(points);
    const columns = [];
    const rows = [];
    for (let round = 0; round < rounds; round++) {
      columns.push(costOf(corpus.columns, columnsReader(points)));
      rows.push(costOf(corpus.rows, rowsReader()));
    }
    const [ours, theirs] = [median(columns), median(rows)];
    return {
      'points a record': points,
      'columns ns/point': ours.toFixed(0),
      'rows + prom-client ns/point': theirs.toFixed(0),
      ratio: `${(theirs / ours).toFixed(1)}x`,
      'columns bytes/point': (bytesOf(corpus.columns) / pointsOf(corpus.columns)).toFixed(1),
      'rows bytes/point': (bytesOf(corpus.rows) / pointsOf(corpus.rows)).toFixed(1),
    };
  });
}

/** Each record with its number of points, in both encodings. */
function makeCorpus(pointsPerRecord) {
  const random = seededRandom(42);
  const entities = (hosts * 64) / pointsPerRecord;
  const columns = [];
  const rows = [];
  const walks = Array.from({ length: entities * pointsPerRecord }, () => randomWalk(random));
  for (let pass = 0; pass < passes; pass++) {
    for (let entity = 0; entity < entities; entity++) {
      const values = walks.slice(entity * pointsPerRecord, (entity + 1) * pointsPerRecord).map((next) => next());
      const timeMs = nowMs + pass * 10;
      const data = { known: pointsPerRecord, indexes: null, values, timeOffsetsMs: null, starts: [], exponentials: [] };
      columns.push({
        key: `host-${entity}`,
        points: pointsPerRecord,
        value: encodeData(headOf(entity, pass + 2, timeMs), data),
      });
      const points = values.map((value, nth) => ({
        name: nameOf(nth),
        labels: labelsOf(entity, nth),
        value,
        time: timeMs,
      }));
      rows.push({ points: pointsPerRecord, value: Buffer.from(JSON.stringify({ points })) });
    }
  }
  return { columns, rows };
}

function columnsReader(points) {
  const state = new PartitionState(limits);
  const metrics = Array.from({ length: 8 }, (_, nth) => ({
    name: nameOf(nth),
    kind: 'gauge',
    unit: '',
    help: 'X.',
    labelNames: ['target', 'database', 'state', 'nth'],
    bounds: [],
  }));
  for (let entity = 0; entity < (hosts * 64) / points; entity++) {
    const series = Array.from({ length: points }, (_, nth) => [nth % 8, Object.values(labelsOf(entity, nth))]);
    const slice = { from: 0, metrics, series };
    take(state, encodeDictionary(headOf(entity, 1, nowMs), slice), `host-${entity}`);
  }
  return ({ value, key }) => take(state, value, key);
}

function take(state, value, key) {
  const refused = state.take(decodeRecord(value, contentTypes.columns, key), { offset: state.nextOffset }, nowMs);
  if (refused) throw new Error(`${refused.code}: ${refused.detail}`);
}

function rowsReader() {
  const registers = [new Registry()];
  const gauges = new Map(
    Array.from({ length: 8 }, (_, nth) => [
      nameOf(nth),
      new Gauge({ name: nameOf(nth), help: 'X.', labelNames: ['target', 'database', 'state', 'nth'], registers }),
    ]),
  );
  return ({ value }) => {
    for (const { name, labels, value: point } of JSON.parse(value.toString()).points)
      gauges.get(name).set(labels, point);
  };
}

function costOf(records, read) {
  return cpuNs(() => records.forEach(read)) / pointsOf(records);
}

const headOf = (entity, sequence, timeMs) => ({
  producer: `bench/${entity}`,
  entity: `host-${entity}`,
  incarnation: 1,
  sequence,
  timeMs,
});
const nameOf = (nth) => `omninode_bench_${nth % 8}`;
const labelsOf = (entity, nth) => ({
  target: `host-${entity}`,
  database: 'orders',
  state: 'idle in transaction',
  nth: String(nth),
});
const pointsOf = (records) => records.reduce((sum, { points }) => sum + points, 0);
const bytesOf = (records) => records.reduce((sum, { value }) => sum + value.length, 0);
