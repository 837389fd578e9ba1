// What the client costs its host: CPU time of the serving thread for each call, against the same call bare, in turns in one run.
// Run after a build: node libs/client/bench/overhead.mjs
import { cpus, loadavg } from 'node:os';
import { startPostgres, unavailable } from '@omninode/local-services';
import { ExponentialHistogram } from '@omninode/publisher';
import pg from 'pg';
import { createClient } from '../dist/index.js';

const rounds = 9;
const client = createClient({
  service: 'bench',
  instance: 'bench-1',
  bus: { publish: async (records) => records.map(({ topic }) => ({ topic, partition: 0, offset: 0 })) },
});

console.log(`What the client costs its host, CPU of the serving thread, median of ${rounds} rounds`);
console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}\n`,
);
console.log('what                                              bare, ns   watched, ns   overhead, ns');

const answer = async () => 7;
const plain = () => 7;
await compare('async call, traced', 200_000, answer, () => client.trace('bench', 'call', answer));
await compare('async call that waits a turn, traced', 20_000, turn, () => client.trace('bench', 'turn', turn));
await compareSync('plain function, traced', 500_000, plain, () => client.trace('bench', 'plain', plain));
await compare(
  'async call within a traced one, traced too',
  100_000,
  () => client.trace('bench', 'outer', answer),
  () => client.trace('bench', 'outer', () => client.trace('bench', 'inner', answer)),
);
await compareSync('headers for the next service', 100_000, plain, () =>
  client.trace('bench', 'headers', () => client.inject({})),
);
const headers = { 'x-request-id': 'r-1', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
await compareSync('headers of the last service', 100_000, plain, () =>
  client.trace('bench', 'headers_in', plain, { headers }),
);
const histogram = new ExponentialHistogram();
let value = 1e-6;
await compareSync('a value into a histogram', 2_000_000, plain, () => histogram.record((value = (value * 1.37) % 10)));
if (!unavailable('postgres')) await comparePools();
await pass();
await client.close(100);

/** Bare and watched in turns, so that what else the machine does meets both. */
async function compare(name, times, bare, watched) {
  const [bareNs, watchedNs] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const one = await cpuNsOf(times, bare);
    const other = await cpuNsOf(times, watched);
    if (round < 0) continue; // to warm up
    bareNs.push(one);
    watchedNs.push(other);
  }
  print(name, median(bareNs), median(watchedNs));
}

async function compareSync(name, times, bare, watched) {
  const [bareNs, watchedNs] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const one = cpuNsOfSync(times, bare);
    const other = cpuNsOfSync(times, watched);
    if (round < 0) continue;
    bareNs.push(one);
    watchedNs.push(other);
  }
  print(name, median(bareNs), median(watchedNs));
}

async function comparePools() {
  const server = await startPostgres();
  const pools = [1, 2].map(() => new pg.Pool({ connectionString: server.url(), max: 4 }));
  client.watchPool('bench', pools[1]);
  const checkOut = (pool) => async () => (await pool.connect()).release();
  const query = (pool) => () => pool.query('select 1');
  await compare('pg pool: connect and release', 10_000, checkOut(pools[0]), checkOut(pools[1]));
  await compare('pg pool: query on a real server', 2_000, query(pools[0]), query(pools[1]));
  await Promise.all(pools.map((pool) => pool.end()));
  await server.stop();
}

/** What a pass of 200 operations costs, once an interval. */
async function pass() {
  for (let nth = 0; nth < 190; nth++) {
    for (let each = 0; each < 200; each++) client.trace('bench', `operation_${nth}`, plain);
  }
  const times = [];
  for (let round = 0; round < rounds; round++) {
    for (let nth = 0; nth < 190; nth++) client.trace('bench', `operation_${nth}`, plain);
    const startedMs = performance.now();
    const flushed = client.flush(1_000);
    times.push(performance.now() - startedMs);
    await flushed;
  }
  console.log(`\na pass of 200 operations: ${median(times).toFixed(1)} ms, once in an interval (default 10 s)`);
}

async function turn() {
  await new Promise((resolve) => setImmediate(resolve));
}

async function cpuNsOf(times, work) {
  const before = process.threadCpuUsage();
  for (let nth = 0; nth < times; nth++) await work();
  return perCall(before, times);
}

function cpuNsOfSync(times, work) {
  const before = process.threadCpuUsage();
  for (let nth = 0; nth < times; nth++) work();
  return perCall(before, times);
}

function perCall(before, times) {
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1_000) / times;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function print(name, bareNs, watchedNs) {
  const columns = [bareNs, watchedNs, watchedNs - bareNs].map((ns) => ns.toFixed(0));
  console.log(`${name.padEnd(46)}${columns[0].padStart(12)}${columns[1].padStart(14)}${columns[2].padStart(15)}`);
}
