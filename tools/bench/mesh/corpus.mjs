// What the producers of the mesh benchmark send: the same values, in our columns through the publisher, or as JSON objects.
import { gauge } from '@omninode/contracts';
import { createPublisher } from '@omninode/publisher';
import { randomWalk, seededRandom } from '../measure/measure.mjs';

export const metricNames = Array.from({ length: 8 }, (_, nth) => `omninode_bench_${nth}`);
export const labelNames = ['database', 'state', 'nth'];
const metrics = metricNames.map(() => gauge('connections', 'What the benchmark measures.', labelNames));

/** Sends through the publisher that collectors use. CPU per point: from the measured value to the broker's acknowledgement. */
export async function publishColumns({ bus, topics }, { series, pointsPerRecord, points }) {
  const publisher = createPublisher({ bus, topic: topics.measurement, maxMemoryBytes: 512 * 1024 * 1024 });
  const entities = series / pointsPerRecord;
  const passes = Math.ceil(points / series);
  const values = walks(series);
  const writers = [...Array(entities).keys()].map((entity) => {
    const labels = { target: `host-${entity}` };
    const writer = publisher.open({ producer: `bench/${entity}`, entity: labels.target, incarnation: 1, labels });
    const numbers = Array.from({ length: pointsPerRecord }, (_, nth) =>
      writer.series(metricNames[nth % 8], metrics[nth % 8], labelValuesOf(nth)),
    );
    return { writer, numbers };
  });
  const before = process.cpuUsage();
  const startMs = Date.now() - passes * 10;
  for (let pass = 0; pass < passes; pass++) {
    let at = 0;
    for (const { writer, numbers } of writers) {
      for (const number of numbers) writer.point(number, values[at++]());
      writer.publish(startMs + pass * 10);
    }
    // What is not on its way yet would pile up in memory, which no collector's would.
    if (pass % 4 === 3) await publisher.flush(60_000);
  }
  const { undelivered, spooled } = await publisher.close(60_000);
  if (undelivered + spooled > 0) throw new Error(`${undelivered + spooled} records did not arrive`);
  const { user, system } = process.cpuUsage(before);
  return { nsPerPoint: ((user + system) * 1000) / (passes * series) };
}

/** A record is a JSON array of objects, one a point. */
export async function publishRows({ bus, topics }, { series, pointsPerRecord, points }) {
  const entities = series / pointsPerRecord;
  const passes = Math.ceil(points / series);
  const values = walks(series);
  for (let pass = 0; pass < passes; pass++) {
    const records = [...Array(entities).keys()].map((entity) => {
      const rows = Array.from({ length: pointsPerRecord }, (_, nth) => ({
        name: metricNames[nth % 8],
        labels: Object.fromEntries([
          ['target', `host-${entity}`],
          ...labelNames.map((name, at) => [name, labelValuesOf(nth)[at]]),
        ]),
        value: values[entity * pointsPerRecord + nth](),
        time: Date.now(),
      }));
      return { topic: topics.measurement, key: `host-${entity}`, value: Buffer.from(JSON.stringify(rows)) };
    });
    await bus.publish(records);
  }
}

function walks(count) {
  const random = seededRandom(42);
  return Array.from({ length: count }, () => randomWalk(random));
}

function labelValuesOf(nth) {
  return ['orders', 'idle in transaction', String(nth)];
}
