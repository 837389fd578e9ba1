// The mesh through a real broker: the aggregator's process against a consumer as one would write it first (kafkajs eachMessage,
// a JSON object a point, prom-client), on the same values. CPU is that of the whole process, its start subtracted.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames } from '@omninode/contracts';
import { startKafka } from '@omninode/local-services';
import { openKafkaBus } from '@omninode/transport-kafka';
import { ruleFile } from './alerts/rule-file.mjs';
import { metricNames, publishColumns, publishRows } from './mesh/corpus.mjs';
import { aggregate, consumeNaively } from './mesh/consumers.mjs';

export const title = 'From the broker to the latest values: CPU per point of whole processes, values of a random walk';

const series = 12_800;

/**
 * `--points 24000000`: the backlog that the aggregator works off at 320 points a record. `--rules 100`: rules that it judges
 * meanwhile, over all series; shipped rules are always on. `--only-ours`: without the naive consumer.
 */
export async function run(options) {
  const numberOf = (name, otherwise) =>
    options.includes(name) ? Number(options[options.indexOf(name) + 1]) : otherwise;
  const backlog = numberOf('--points', 6_000_000);
  const rules = numberOf('--rules', 0);
  const isOnlyOurs = options.includes('--only-ours');
  const rows = [];
  for (const [pointsPerRecord, points] of [
    [64, backlog / 2],
    [320, backlog],
  ]) {
    const naivePoints = 1_280_000;
    const ours = await onFreshKafka(async (mesh) => {
      const sent = await publishColumns(mesh, { series, pointsPerRecord, points });
      const configuration = rules > 0 ? configurationOf(mesh.folder, rules, pointsPerRecord) : undefined;
      return { ...(await aggregate({ ...mesh, configuration }, points)), sent };
    });
    const theirs = isOnlyOurs
      ? undefined
      : await onFreshKafka(async (mesh) => {
          await publishRows(mesh, { series, pointsPerRecord, points: naivePoints });
          return consumeNaively(mesh, naivePoints);
        });
    rows.push({
      'points a record': pointsPerRecord,
      'points (millions)': (points / 1e6).toFixed(1),
      'aggregator ns/point': ours.nsPerPoint.toFixed(0),
      ...(theirs && {
        'naive ns/point': theirs.nsPerPoint.toFixed(0),
        ratio: `${(theirs.nsPerPoint / ours.nsPerPoint).toFixed(1)}x`,
      }),
      'M points/s a core': (1_000 / ours.nsPerPoint).toFixed(2),
      'producer ns/point': ours.sent.nsPerPoint.toFixed(0),
      'seconds to zero lag': ours.seconds.toFixed(1),
      'M points/s': (points / ours.seconds / 1e6).toFixed(2),
      'longest delay ms': ours.longestDelayMs.toFixed(0),
      'RSS MB': (ours.rssBytes / 1e6).toFixed(0),
      alerts: ours.alerts,
    });
  }
  return rows;
}

/** A configuration with a folder of rules that read every series of the corpus, by target. */
function configurationOf(folder, rules, pointsPerRecord) {
  const metrics = metricNames.map((name, nth) => {
    const values = Array.from(
      { length: pointsPerRecord / metricNames.length },
      (_, at) => nth + metricNames.length * at,
    );
    return { name, kind: 'gauge', values };
  });
  const rulesFolder = join(folder, 'rules');
  mkdirSync(rulesFolder, { recursive: true });
  writeFileSync(join(rulesFolder, 'bench.yaml'), ruleFile({ rules, metrics }));
  const file = join(folder, 'mesh.yaml');
  writeFileSync(file, `alerts: { rulesFolder: ${JSON.stringify(rulesFolder)} }\n`);
  return file;
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
