// Records what real servers answer to each family: testdata/postgres-<version>/<family>.json, and what the family makes of it
// beside it, in <family>.expected.json. Needs a build (`tsc -b libs/collectors/database`).
//   node record-replies.mjs              records from all versions, then writes the expected files
//   node record-replies.mjs 18 16        records from these only
//   node record-replies.mjs --expected   writes the expected files anew from the recordings; review the difference
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabelSets, measure } from '@omninode/collector-kit';
import { startPostgres } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import Client from 'pg/lib/client.js';
import { databaseFamilies, databaseReader } from './dist/index.js';
import { passAt, replay } from './dist/testing/replay.js';

const folder = join(import.meta.dirname, 'testdata');
const chosen = process.argv.slice(2).filter((argument) => argument !== '--expected');
const versions =
  chosen.length > 0
    ? chosen.map((version) => (version.startsWith('debian') ? version : Number(version)))
    : [18, 17, 16, 15, 14];

if (!process.argv.includes('--expected')) for (const version of versions) await record(version);
writeExpected();

async function record(version) {
  const settings = { track_io_timing: 'on', 'pg_stat_statements.track_planning': 'on', 'pg_stat_statements.max': 200 };
  const server = await startPostgres({ version, databases: ['orders'], settings });
  const busy = [];
  try {
    const [{ version: name }] = await ask(server.url(), 'show server_version').then((rows) =>
      rows.map((row) => ({ version: row.server_version.split(' ')[0] })),
    );
    const place = join(folder, `postgres-${name}`);
    mkdirSync(place, { recursive: true });
    const orders = server.url('postgres', 'orders');
    await ask(
      orders,
      'create table item as select id, md5(id::text) as name from generate_series(1, 5000) as id; analyze item',
    );
    await work(orders);
    busy.push(...(await keepBusy(orders)));

    const session = await connect(server.url('omninode'));
    for (const family of databaseFamilies) {
      const passes = [];
      let memory;
      for (let index = 0; index < 2; index++) {
        const { reply } = await session.read(family.query, family.name, AbortSignal.timeout(10_000));
        const pass = { ...passAt(index), memory };
        const next = family.followUp?.(reply, pass);
        const followUp = next && (await session.read(next, family.name, AbortSignal.timeout(10_000))).reply;
        memory = measure(family, reply, { ...pass, followUp }, new LabelSets(family)).memory ?? memory;
        passes.push({ reply, ...(followUp && { followUp }) });
        await work(orders);
        await new Promise((resolve) => setTimeout(resolve, 1_200)); // statistics of open sessions lag by up to a second
      }
      write(join(place, `${family.name}.json`), { recordedFrom: `PostgreSQL ${name}`, family: family.name, passes });
    }
    await session.close();

    const plain = await connect(server.url('plain'));
    const connections = databaseFamilies.find(({ name: family }) => family === 'connections');
    const { reply } = await plain.read(connections.query, 'connections', AbortSignal.timeout(10_000));
    write(join(place, 'connections.without-pg-monitor.json'), {
      recordedFrom: `PostgreSQL ${name}`,
      family: 'connections',
      passes: [{ reply }],
    });
    await plain.close();
    console.log(`recorded PostgreSQL ${name} (${version})`);
  } finally {
    await Promise.allSettled(busy.map((client) => client.end()));
    await server.stop();
  }
}

function connect(url) {
  const reader = databaseReader({ statementTimeoutMs: 5_000, lockTimeoutMs: 500, connectTimeoutMs: 5_000 });
  return reader.connect({ id: 'recorded', url: new Secret(url), labels: {} }, AbortSignal.timeout(10_000));
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
    write(join(folder, file.replace(/\.json$/, '.expected.json')), replay(family, recording));
  }
}

function write(path, content) {
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}
