// The mesh through a real broker: the aggregator's process against a consumer as one would write it first (kafkajs eachMessage,
// a JSON object a point, prom-client), on the same values. CPU is that of the whole process, its start subtracted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames } from '@omninode/contracts';
import { startKafka } from '@omninode/local-services';
import { openKafkaBus } from '@omninode/transport-kafka';
import { publishColumns, publishRows } from './mesh/corpus.mjs';
import { aggregate, consumeNaively } from './mesh/consumers.mjs';

export const title = 'From the broker to the latest values: CPU per point of whole processes, values of a random walk';

const series = 12_800;

/** `--points 24000000`: the backlog that the aggregator works off at 320 points a record. */
export async function run(options) {
  const at = options.indexOf('--points');
  const backlog = at < 0 ? 6_000_000 : Number(options[at + 1]);
  const rows = [];
  for (const [pointsPerRecord, points] of [
    [64, backlog / 2],
    [320, backlog],
  ]) {
    const naivePoints = 1_280_000;
    const ours = await onFreshKafka(async (mesh) => {
      const sent = await publishColumns(mesh, { series, pointsPerRecord, points });
      return { ...(await aggregate(mesh, points)), sent };
    });
    const theirs = await onFreshKafka(async (mesh) => {
      await publishRows(mesh, { series, pointsPerRecord, points: naivePoints });
      return consumeNaively(mesh, naivePoints);
    });
    rows.push({
      'points a record': pointsPerRecord,
      'points (millions)': (points / 1e6).toFixed(1),
      'aggregator ns/point': ours.nsPerPoint.toFixed(0),
      'naive ns/point': theirs.nsPerPoint.toFixed(0),
      ratio: `${(theirs.nsPerPoint / ours.nsPerPoint).toFixed(1)}x`,
      'producer ns/point': ours.sent.nsPerPoint.toFixed(0),
      'seconds to zero lag': ours.seconds.toFixed(1),
      'M points/s': (points / ours.seconds / 1e6).toFixed(2),
      'longest delay ms': ours.longestDelayMs.toFixed(0),
      'RSS MB': (ours.rssBytes / 1e6).toFixed(0),
    });
  }
  return rows;
}

async function onFreshKafka(work) {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bench-'));
  const kafka = await startKafka({ heapMegabytes: 512 });
  const topics = topicNames();
  const bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'bench' }, topics, partitions: 12 });
  try {
    await bus.prepareTopics();
    return await work({ kafka, bus, topics, folder });
  } finally {
    await bus.close();
    await kafka.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
