// Records what real servers answer to each family: testdata/postgres-<version>/<family>.json and
// testdata/pgbouncer-<version>/<family>.json, and what the family makes of it beside it, in <family>.expected.json. Needs a build
// (`tsc -b libs/collectors/database`).
//   node record-replies.mjs              records from all versions, then writes the expected files
//   node record-replies.mjs 18 16        records from these only
//   node record-replies.mjs pgbouncer    records from the PgBouncer that is on the PATH
//   node record-replies.mjs --expected   writes the expected files anew from the recordings; review the difference
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { LabelSets, measure } from '@omninode/collector-kit';
import { startPgBouncer, startPostgres, startReplica } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import Client from 'pg/lib/client.js';
import { databaseReader } from './dist/database.reader.js';
import { databaseFamilies } from './dist/index.js';
import { passAt, replay } from './dist/testing/replay.js';

const folder = join(import.meta.dirname, 'testdata');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--expected');
const sources =
  chosen.length > 0
    ? chosen.map((source) => (/^\d+$/.test(source) ? Number(source) : source))
    : [18, 17, 16, 15, 14, 'pgbouncer'];
const ofConsole = databaseFamilies.filter(({ query }) => typeof query === 'object' && 'console' in query);
const ofServer = databaseFamilies.filter(({ query }) => typeof query === 'function' || query.server);

if (!process.argv.includes('--expected')) {
  for (const source of sources) await (source === 'pgbouncer' ? recordPooler() : recordServer(source));
}
writeExpected();

async function recordServer(version) {
  const settings = {
    track_io_timing: 'on',
    track_wal_io_timing: 'on',
    'pg_stat_statements.track_planning': 'on',
    'pg_stat_statements.max': 200,
    wal_level: 'replica',
    max_prepared_transactions: 5,
    max_slot_wal_keep_size: '1GB',
  };
  const server = await startPostgres({ version, databases: ['orders'], settings });
  const replica = await startReplica(server);
  const busy = [];
  const services = await startServices();
  try {
    const name = (await ask(server.url(), 'show server_version'))[0].server_version.split(' ')[0];
    const place = `postgres-${name}`;
    const recordedFrom = `PostgreSQL ${name}`;
    const orders = server.url('postgres', 'orders');
    await ask(
      orders,
      'create table item as select id, md5(id::text) as name from generate_series(1, 5000) as id; analyze item',
    );
    for (const table of ['customer', 'invoice', 'payment', 'shipment', 'voucher', 'warehouse', 'returned', 'carrier'])
      await ask(orders, `create table ${table} as select generate_series(1, 20) as id; select count(*) from ${table}`);
    await ask(orders, 'vacuum item');
    await ask(orders, `select pg_create_physical_replication_slot('forgotten', true)`);
    await ask(orders, `begin; create table prepared (id int); prepare transaction 'one'`);
    await work(orders);
    busy.push(...(await keepBusy(orders)));

    const session = await connect(server.url('omninode'), { cores: 2 });
    await recordFamilies(session, ofServer, { place, recordedFrom }, () => work(orders));
    await session.close();

    const plain = await connect(server.url('plain'));
    const connections = familyNamed('connections');
    write(join(place, 'connections.without-pg-monitor'), {
      recordedFrom,
      family: 'connections',
      passes: [{ reply: (await read(plain, connections.query)).reply }],
    });
    await plain.close();

    const follower = await connect(replica.url('omninode'));
    await recordFamilies(follower, [familyNamed('replication')], { place, recordedFrom, suffix: '.on-a-replica' }, () =>
      work(orders),
    );
    await follower.close();

    const pooled = await connect(server.url('omninode'), { pools: services.pools });
    await recordFamilies(pooled, [connections], { place, recordedFrom, suffix: '.with-pools-of-services' }, () =>
      work(orders),
    );
    await pooled.close();
    console.log(`recorded ${recordedFrom} (${version})`);
  } finally {
    await Promise.allSettled(busy.map((client) => client.end()));
    services.stop();
    await replica.stop();
    await server.stop();
  }
}

/** A pool of one connection that somebody holds and somebody else waits for, and one that idles. */
async function recordPooler() {
  const server = await startPostgres({ databases: ['orders', 'users'] });
  const pooler = await startPgBouncer(server, {
    settings: { default_pool_size: 1, server_idle_timeout: 600 },
    databases: { users: `host=${server.host} port=${server.port} pool_size=3 max_db_connections=4` },
  });
  const clients = [];
  try {
    const console_ = await connect(pooler.consoleUrl());
    const [{ version }] = (await read(console_, { console: ['VERSION'] })).reply.rows.VERSION;
    const recordedFrom = version;
    const place = `pgbouncer-${version.split(' ')[1]}`;
    const visit = () => ask(pooler.url('plain', 'users'), 'select 1');
    await visit();
    const holding = await open(pooler.url('omninode', 'orders'));
    clients.push(holding);
    await holding.query('begin; select 1');
    const waiting = await open(pooler.url('omninode', 'orders'));
    clients.push(waiting);
    waiting.query('select 2').catch(() => undefined); // ends with its connection
    await new Promise((resolve) => setTimeout(resolve, 300));
    await recordFamilies(console_, ofConsole, { place, recordedFrom }, visit);
    await console_.close();
    console.log(`recorded ${recordedFrom}`);
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
    await pooler.stop();
    await server.stop();
  }
}

/** Two passes of each family, with work between them. */
async function recordFamilies(session, families, { place, recordedFrom, suffix = '' }, between) {
  const recorded = families.map((family) => ({ family, passes: [], memory: undefined }));
  for (let index = 0; index < 2; index++) {
    for (const each of recorded) {
      const { family } = each;
      const { reply } = await read(session, family.query, family.name);
      const pass = { ...passAt(index), memory: each.memory };
      const next = family.followUp?.(reply, pass);
      const followUp = next && (await read(session, next, family.name)).reply;
      each.memory = measure(family, reply, { ...pass, followUp }, new LabelSets(family)).memory ?? each.memory;
      each.passes.push({ reply, ...(followUp && { followUp }) });
    }
    await between();
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // statistics of open sessions lag by up to a second
  }
  for (const { family, passes } of recorded)
    write(join(place, `${family.name}${suffix}`), { recordedFrom, family: family.name, passes });
}

function familyNamed(wanted) {
  return databaseFamilies.find(({ name }) => name === wanted);
}

function read(session, query, family = 'recording') {
  return session.read(query, family, AbortSignal.timeout(10_000));
}

/** Services that answer as the platform's do: PostgresClient.health_check(), a health page that holds it, and one that is gone. */
async function startServices() {
  let acquired = 40;
  const pool = () => ({
    size: 10,
    max_size: 50,
    min_size: 10,
    utilization_percent: 20,
    acquired_count: ++acquired,
    released_count: acquired - 2,
    potential_leaks: 2,
    exhaustion_alerts: 1,
  });
  const healthy = () => ({ status: 'healthy', connected: true, test_query: true, pool: pool(), pool_health: 'normal' });
  const pages = {
    '/client': healthy,
    '/health': () => ({
      status: 'degraded',
      dependencies: { postgres: { ...healthy(), pool: { ...pool(), pool_free: 4 } } },
    }),
    '/exhausted': () => ({ status: 'unhealthy', connected: false, error: 'secret', pool_exhaustion_likely: true }),
  };
  const server = createServer((request, response) => {
    const page = pages[request.url];
    response.writeHead(page ? (request.url === '/client' ? 200 : 503) : 404).end(page && JSON.stringify(page()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = (path) => new Secret(`http://127.0.0.1:${server.address().port}${path}`);
  return {
    pools: Object.keys(pages).map((path) => ({ pool: path.slice(1), url: url(path) })),
    stop: () => server.close(),
  };
}

function connect(url, options = {}) {
  const reader = databaseReader({ statementTimeoutMs: 5_000, lockTimeoutMs: 500, connectTimeoutMs: 5_000 });
  return reader.connect({ id: 'recorded', url: new Secret(url), labels: {}, ...options }, AbortSignal.timeout(10_000));
}

/** Statements of every kind that the families tell apart: reads, writes, temporary files, a rollback. */
async function work(url) {
  await ask(url, 'select count(*) from item where id > 10; select count(*) from item where id > 20');
  await ask(
    url,
    `insert into item select id, 'new' from generate_series(1, 50) as id; update item set name = 'old' where name = 'new'; delete from item where name = 'old'`,
  );
  await ask(url, `set work_mem = '64kB'; select count(*) from (select name from item order by name, id) as sorted`);
  await ask(url, 'begin; select 1; rollback');
}

/** Sessions in each state: one idle, one in a transaction, one whose transaction failed, one that waits for a lock. */
async function keepBusy(url) {
  const clients = [];
  for (const statements of ['select 1', 'begin; lock table item in access exclusive mode', 'begin']) {
    const client = await open(url);
    await client.query(statements);
    clients.push(client);
  }
  await clients[2].query('select 1 / 0').catch(() => undefined);
  await clients[1].query('rollback; begin; create table locked (id int)');
  const waiting = await open(url);
  waiting.query('create table locked (id int)').catch(() => undefined);
  clients.push(waiting);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return clients;
}

async function open(url) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function ask(url, statements) {
  const client = await open(url);
  try {
    return (await client.query(statements)).rows;
  } finally {
    await client.end();
  }
}

function writeExpected() {
  for (const file of globSync('*/*.json', { cwd: folder }).filter((name) => !name.endsWith('.expected.json'))) {
    const recording = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const family = databaseFamilies.find(({ name }) => name === recording.family);
    write(file.replace(/\.json$/, '.expected'), replay(family, recording));
  }
}

function write(name, content) {
  const path = join(folder, `${name}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}
