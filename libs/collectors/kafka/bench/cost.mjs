// What looking costs a broker and us: requests (counted on the wire), bytes, time and CPU of a full sweep (every family once), on
// 300 topics of 3 partitions and 50 groups with 18 committed partitions each, 10 of them with a member.
// Needs a build (`tsc -b libs/collectors/kafka`), and Java:
//   node bench/cost.mjs [sweeps]
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { LabelSets, measure } from '@omninode/collector-kit';
import { startKafka } from '@omninode/local-services';
import { kafkaConfig, kafkaFamilies } from '../dist/index.js';
import { kafkaReader } from '../dist/kafka.reader.js';
import { selectionOf } from '../dist/selection/selection.js';
import { clusterHands } from '../dist/testing/cluster-hands.js';

const sweeps = Number(process.argv[2] ?? 20);
const [topicCount, partitionCount, groupCount, topicsPerGroup] = [300, 3, 50, 6];
const apiNames = {
  2: 'ListOffsets',
  3: 'Metadata',
  9: 'OffsetFetch',
  15: 'DescribeGroups',
  16: 'ListGroups',
  17: 'SaslHandshake',
};
Object.assign(apiNames, {
  18: 'ApiVersions',
  32: 'DescribeConfigs',
  35: 'DescribeLogDirs',
  55: 'DescribeQuorum',
  69: 'ConsumerGroupDescribe',
});

const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
const round = (value) => Math.round(value * 10) / 10;

const wire = countRequestsOf('omninode-mesh');
const cluster = await startKafka({ settings: { 'offsets.topic.num.partitions': 50 }, heapMegabytes: 512 });
const hands = await clusterHands(cluster);
const members = [];
try {
  await prepare();
  print(await run());
} finally {
  for (const member of members) member.stop?.();
  await hands.close();
  await cluster.stop();
}

async function prepare() {
  const names = Array.from(
    { length: topicCount },
    (_, at) => `topic-${String(at).padStart(3, '0')}${at % 30 === 0 ? '.dlq' : ''}`,
  );
  for (let from = 0; from < topicCount; from += 50)
    await hands.createTopics(Object.fromEntries(names.slice(from, from + 50).map((name) => [name, partitionCount])));
  for (let from = 0; from < topicCount; from += 50) {
    const topicMessages = names.slice(from, from + 50).map((topic) => ({
      topic,
      messages: Array.from({ length: 30 }, (_, at) => ({ value: 'x', partition: at % partitionCount })),
    }));
    await hands.producer.sendBatch({ topicMessages });
  }
  for (let group = 0; group < groupCount; group++) {
    const topics = Array.from({ length: topicsPerGroup }, (_, at) => names[(group * topicsPerGroup + at) % topicCount]);
    const offsets = topics.flatMap((topic) => [0, 1, 2].map((partition) => ({ topic, partition, offset: 5 })));
    await hands.commit({ group: `group-${group}`, offsets });
  }
  // Five members of each protocol; the groups of the new one commit nothing more.
  for (let at = 0; at < 5; at++) {
    members.push(await hands.joinNewGroup(`group-${at}`, [names[at * topicsPerGroup]]));
    await hands.consume(`group-${at + 5}`, names[(at + 5) * topicsPerGroup]);
  }
}

async function run() {
  const config = kafkaConfig.parse({ topics: {}, groups: {}, deadLetters: {} });
  const reader = kafkaReader({ selection: selectionOf(config), connectTimeoutMs: 5_000, requestTimeoutMs: 5_000 });
  const session = await reader.connect(
    { id: 'bench', brokers: cluster.brokers, labels: {} },
    AbortSignal.timeout(10_000),
  );
  const labelSets = new Map(kafkaFamilies.map((family) => [family.name, new LabelSets(family)]));
  const takenAtMs = Date.now();
  let memory = {};
  const sweep = async () => {
    const [atMs, startMs] = [Date.now(), performance.now()];
    let [values, roundTrips, cost] = [0, 0];
    for (const family of kafkaFamilies) {
      const answer = await session.read(family.query, family.name, AbortSignal.timeout(10_000));
      const pass = {
        atMs,
        answerMs: 0,
        connectMs: 0,
        takenAtMs,
        memory: memory[family.name],
        followUpMs: 0,
        followUpFailed: false,
      };
      const measured = measure(family, answer.reply, pass, labelSets.get(family.name));
      if (measured.failures.length > 0 || measured.report)
        throw new Error(measured.report?.reason ?? measured.failures[0].message);
      memory = { ...memory, [family.name]: measured.memory ?? memory[family.name] };
      values += measured.values.length;
      roundTrips += answer.roundTrips;
      if (family.name === 'sweep-cost') cost = answer.reply.cost;
    }
    return { ms: performance.now() - startMs, values, roundTrips, cost };
  };

  wire.clear();
  const first = await sweep();
  const firstRequests = total(wire);
  await sweep();
  const cpuIdle = await brokerCpuOver(() => sleep(5_000));
  wire.clear();
  const usage = process.cpuUsage();
  const results = [];
  const startMs = performance.now();
  const brokerMs = await brokerCpuOver(async () => {
    for (let at = 0; at < sweeps; at++) results.push(await sweep());
  });
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(usage);
  await session.close();
  const times = results.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const kept = JSON.stringify(memory);
  return {
    firstRequests,
    first,
    byApi: Object.fromEntries([...wire].map(([key, count]) => [apiNames[key] ?? key, count / sweeps])),
    row: {
      'requests / sweep': total(wire) / sweeps,
      'as we tell it': results.at(-1).roundTrips,
      'p50 ms': round(times[Math.floor(times.length / 2)]),
      'p95 ms': round(times[Math.floor(times.length * 0.95)]),
      'our CPU ms': round((user + system) / 1000 / sweeps),
      'broker CPU ms': round((brokerMs - (cpuIdle / 5_000) * wallMs) / sweeps),
      series: results.at(-1).values,
      'received kB': round(results.at(-1).cost.sweepReceivedBytes / 1024),
      'memory kB': round(kept.length / 1024),
      'gzipped kB': round(gzipSync(kept, { level: 1 }).length / 1024),
    },
  };
}

/** Requests by API key, as they leave our sockets, of connections with this client id. */
function countRequestsOf(clientId) {
  const counts = new Map();
  const { write } = Socket.prototype;
  Socket.prototype.write = function counted(data, ...rest) {
    if (Buffer.isBuffer(data) && data.length > 14 && data.readInt32BE(0) === data.length - 4) {
      const length = data.readInt16BE(12);
      const key = data.readInt16BE(4);
      if (data.toString('utf8', 14, 14 + Math.max(0, length)) === clientId) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return write.call(this, data, ...rest);
  };
  return counts;
}

/** CPU of the broker's process while something runs. Ticks of 10 ms. */
async function brokerCpuOver(work) {
  const read = () => {
    const stat = readFileSync(`/proc/${cluster.nodes[0].pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(stat[11]) + Number(stat[12])) * 10;
  };
  const before = read();
  await work();
  return read() - before;
}

function print({ row, byApi, first, firstRequests }) {
  console.log(
    `${topicCount} topics × ${partitionCount} partitions, ${groupCount} groups, one broker, ${sweeps} sweeps of all families`,
  );
  console.table([row]);
  console.table([byApi]);
  console.log(`the first sweep after the connect: ${firstRequests} requests, ${round(first.ms)} ms`);
}
