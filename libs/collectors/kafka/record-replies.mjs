// Records what real brokers answer to each family: testdata/kafka-<version>/<family>[.<scene>].json, and what the family makes of
// it beside it, in <name>.expected.json. Needs a build (`tsc -b libs/collectors/kafka`), and Java.
//   node record-replies.mjs              records, then writes the expected files
//   node record-replies.mjs --expected   writes the expected files anew from the recordings; review the difference
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { kafkaConfig, kafkaFamilies } from './dist/index.js';
import { kafkaReader } from './dist/kafka.reader.js';
import { selectionOf } from './dist/selection/selection.js';
import { clusterHands } from './dist/testing/cluster-hands.js';
import { replay } from './dist/testing/replay.js';

const folder = join(import.meta.dirname, 'testdata');
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../local-services/kafka-jars.json'), 'utf8'));
const place = join(folder, `kafka-${version}`);

if (!process.argv.includes('--expected')) {
  mkdirSync(place, { recursive: true });
  await recordOneBroker();
  await recordThreeBrokers();
  await recordWithoutRights();
}
writeExpected();

/** All families, twice, with something happening in between. */
async function recordOneBroker() {
  const cluster = await startKafka();
  const hands = await clusterHands(cluster);
  try {
    await hands.createTopics({ orders: 2, invoices: 1, 'orders.dlq': 1, 'onex.dlq.omnibase-infra.orders.v1': 1 });
    await hands.produce('orders', 5);
    await hands.produce('orders.dlq', 2);
    await hands.commit({ group: 'reports', offsets: [{ topic: 'orders', partition: 0, offset: 1 }] });
    await hands.consume('billing', 'orders');
    const member = await hands.joinNewGroup('shipping', ['orders']);
    const producer = hands.kafka.producer({ transactionalId: 'invoices', maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'invoices', messages: [{ value: 'a' }, { value: 'b' }] });
    await sleep(1_000);
    await record(cluster, kafkaFamilies, '', async () => {
      await hands.produce('orders', 3, 1);
      await hands.produce('orders.dlq', 4);
      await hands.createTopics({ 'late-dlq': 1 });
      await hands.produce('late-dlq', 1);
      await hands.commit({ group: 'reports', offsets: [{ topic: 'orders', partition: 0, offset: 0 }] });
      const { memberId: id, epoch } = member;
      await hands.commit({
        group: 'shipping',
        member: { id, epoch },
        offsets: [{ topic: 'orders', partition: 0, offset: 4 }],
      });
      await transaction.commit();
      await sleep(1_000);
    });
    member.stop();
    await producer.disconnect();
  } finally {
    await hands.close();
    await cluster.stop();
  }
}

async function recordThreeBrokers() {
  const cluster = await startKafka({ nodes: 3 });
  const hands = await clusterHands(cluster);
  try {
    await hands.createTopics({ orders: 3, 'orders.dlq': 3 });
    for (const partition of [0, 1, 2]) await hands.produce('orders', 2, partition);
    await hands.commit({
      group: 'billing',
      offsets: [0, 1, 2].map((partition) => ({ topic: 'orders', partition, offset: 1 })),
    });
    await record(
      cluster,
      named('cluster', 'topics', 'consumer-groups', 'dead-letters', 'log-sizes'),
      'broker-hangs',
      async () => {
        cluster.pause(2);
        await sleep(300);
      },
    );
    cluster.resume(2);
    await sleep(8_000);
    await record(cluster, named('cluster', 'topics'), 'quorum-lost', async () => {
      await cluster.kill(2);
      await cluster.kill(3);
      await sleep(1_000);
    });
  } finally {
    await hands.close();
    await cluster.stop();
  }
}

async function recordWithoutRights() {
  const cluster = await startKafka({ security: 'sasl-ssl' });
  const { caFile, passwords } = cluster.security;
  const login = (username, password) => ({ mechanism: 'scram-sha-512', username, password });
  const hands = await clusterHands({
    brokers: cluster.brokers,
    tls: { ca: [readFileSync(caFile, 'utf8')] },
    sasl: login('admin', passwords.admin),
  });
  try {
    await hands.createTopics({ orders: 1 });
    const target = { tls: { caFile }, login: login('omninode', new Secret(passwords.omninode)) };
    await record(
      cluster,
      named('cluster', 'topics', 'consumer-groups', 'log-sizes'),
      'no-rights',
      async () => {},
      target,
    );
  } finally {
    await hands.close();
    await cluster.stop();
  }
}

/** Two passes of each family, with one session, as in a collector. */
async function record(cluster, families, scene, between, target = {}) {
  const selection = selectionOf(kafkaConfig.parse({ topics: {}, groups: {}, deadLetters: {} }));
  const reader = kafkaReader({ selection, connectTimeoutMs: 5_000, requestTimeoutMs: 2_000 });
  const session = await reader.connect(
    { id: 'recorded', brokers: cluster.brokers, labels: {}, ...target },
    AbortSignal.timeout(10_000),
  );
  const passes = new Map(families.map(({ name }) => [name, []]));
  for (const isFirst of [true, false]) {
    for (const { name, query } of families) {
      const { reply } = await session.read(query, name, AbortSignal.timeout(20_000));
      passes.get(name).push({ atMs: Date.now(), reply });
    }
    if (isFirst) await between();
  }
  await session.close();
  for (const [family, recorded] of passes) {
    const file = [family, scene, 'json'].filter(Boolean).join('.');
    write(join(place, file), { recordedFrom: `Kafka ${version}`, family, passes: recorded });
  }
  console.log(`recorded ${scene || 'one broker'}`);
}

function named(...names) {
  return names.map((name) => kafkaFamilies.find((family) => family.name === name));
}

function writeExpected() {
  for (const file of globSync('*/*.json', { cwd: folder }).filter((name) => !name.endsWith('.expected.json'))) {
    const recording = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const family = kafkaFamilies.find(({ name }) => name === recording.family);
    write(join(folder, file.replace(/\.json$/, '.expected.json')), replay(family, recording));
  }
}

function write(path, content) {
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}
