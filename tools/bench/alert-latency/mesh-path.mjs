// A Kafka, an aggregator with one rule and one webhook that does not wait, and a producer of rows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { contentTypes, topicNames } from '@omninode/contracts';
import { startKafka } from '@omninode/local-services';
import { openKafkaBus } from '@omninode/transport-kafka';

const main = fileURLToPath(new URL('../../../apps/aggregator/dist/main.js', import.meta.url));
const topics = topicNames();

const rules = `apiVersion: omninode/v1
kind: RuleSet
metrics:
  omninode_bench_level: { kind: gauge, labels: [target] }
rules:
  - name: Level
    signal: { metric: omninode_bench_level, by: [target] }
    window: { fn: last }
    levels: { critical: { fire: '> 0.5', clear: '<= 0.5' } }
    annotations: { summary: 'The level is {{ value }}.' }
    runbook: { meaning: The benchmark raised it., look: Nothing., do: Nothing. }
`;

export async function throughTheMesh({ alerts, webhook }) {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-bench-'));
  const kafka = await startKafka({ heapMegabytes: 512 });
  const bus = openKafkaBus({ connection: { brokers: kafka.brokers, clientId: 'bench' }, topics, partitions: 12 });
  await bus.prepareTopics();
  const aggregator = await startAggregator(folder, kafka.brokers, webhook);
  const send = (nth, value) => bus.publish([row(`host-${nth}`, value)]);
  for (let nth = 0; nth < alerts; nth++) await send(nth, 0);
  return {
    raise: (nth) => send(nth, 1),
    async close() {
      aggregator.kill('SIGKILL');
      await once(aggregator, 'exit');
      await bus.close();
      await kafka.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startAggregator(folder, brokers, webhook) {
  const rulesFolder = join(folder, 'rules');
  mkdirSync(rulesFolder);
  writeFileSync(join(rulesFolder, 'bench.yaml'), rules);
  const configuration = join(folder, 'mesh.yaml');
  writeFileSync(
    configuration,
    `bus: { brokers: [${brokers.map((broker) => `'${broker}'`).join(', ')}] }
data: { dir: '${join(folder, 'data')}' }
http: { port: 0 }
alerts: { shippedRules: false, rulesFolder: '${rulesFolder}' }
notify:
  receivers:
    sink: { type: webhook, url: '${webhook}', groupBy: [target], groupWait: 0s, groupInterval: 1s, stormCap: 10000 }
`,
  );
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, OMNINODE_CONFIG: configuration },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready')) return child;
  throw new Error('the aggregator ended before it was ready');
}

function row(entity, value) {
  const points = [{ name: 'omninode_bench_level', kind: 'gauge', labels: { target: entity }, value }];
  const record = { v: 1, entity, producer: `bench/${entity}`, time: Date.now(), points };
  const headers = { 'content-type': contentTypes.rows };
  return { topic: topics.measurement, key: entity, value: Buffer.from(JSON.stringify(record)), headers };
}
