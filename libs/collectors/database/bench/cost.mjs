// What watching costs a server, told by the server itself: statements, their time, connections and CPU of a full cycle (every
// family once), on one database with 500 tables of 2 indexes and 20 rows, and about 1 000 entries in pg_stat_statements.
// What others need for the same is in `budget`. Needs a build (`tsc -b libs/collectors/database`) and Debian's PostgreSQL 15, or
// names another version:
//   node bench/cost.mjs [18]
import { readdirSync, readFileSync } from 'node:fs';
import { systemClock, TargetWatch } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { startPostgres } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import Client from 'pg/lib/client.js';
import { databaseReader } from '../dist/database.reader.js';
import { databaseFamilies } from '../dist/index.js';

/** postgres_exporter 0.20.1 with its default families, on the same server, tables and entries: one scrape. */
const budget = { statements: 23, executionMs: 72.9, newConnections: 1 };
const cycles = 25;
const intervalMs = 400;
const version = process.argv[2] ? Number(process.argv[2]) : 'debian-15';
const settings = {
  autovacuum: 'off',
  shared_buffers: '128MB',
  'pg_stat_statements.track': 'top',
  'pg_stat_statements.track_planning': 'on',
};

let asked = 0;
const server = await startPostgres({ version, databases: ['app'], settings });
try {
  await makeTables();
  await makeEntries();
  print(await measure());
} finally {
  await server.stop();
}

async function measure() {
  const watched = watch();
  await until(() => watched.passes() >= 3); // warmed up: connected, first baseline, texts fetched
  const [before, firstPass, cpuBefore, usageBefore] = [
    await costs(),
    watched.passes(),
    serverCpuMs(),
    process.cpuUsage(),
  ];
  await until(() => watched.passes() >= firstPass + cycles);
  const [after, passes, cpuAfter, usage] = [
    await costs(),
    watched.passes(),
    serverCpuMs(),
    process.cpuUsage(usageBefore),
  ];
  await watched.stop();
  const idle = await idleCpuMs((passes - firstPass) * intervalMs);
  const n = passes - firstPass;
  return {
    server: (await ask(server.url(), 'show server_version'))[0].server_version,
    entries: watched.writer.latest('omninode_database_statement_entries'),
    cycles: n,
    perCycle: {
      statements: (after.calls - before.calls) / n,
      executionMs: (after.exec - before.exec) / n,
      planningMs: (after.plan - before.plan) / n,
      newConnections: (after.sessions - before.sessions) / n,
      serverCpuMs: (cpuAfter - cpuBefore - idle) / n,
      collectorCpuMs: (usage.user + usage.system) / 1000 / n,
    },
    byFamily: after.families.map(({ family, calls, exec }) => {
      const earlier = before.families.find((other) => other.family === family);
      return {
        family,
        statements: (calls - (earlier?.calls ?? 0)) / n,
        executionMs: (exec - (earlier?.exec ?? 0)) / n,
      };
    }),
    textsMs: after.textsMs,
    series: Object.keys(Object.assign({}, ...watched.writer.passes.slice(-6).map(({ points }) => points))).length,
    toldByCollector: databaseFamilies.map(({ name }) => [
      name,
      watched.writer.latest(`omninode_collector_family_round_trips_total{family="${name}"}`),
    ]),
  };
}

function watch() {
  const writer = new RecordingWriter();
  const watching = new TargetWatch(
    {
      families: databaseFamilies,
      reader: databaseReader({ statementTimeoutMs: 4_000, lockTimeoutMs: 500, connectTimeoutMs: 5_000 }),
      clock: systemClock,
      logger: new KeptLogger(),
      intervalsMs: { fast: intervalMs, medium: intervalMs, slow: intervalMs },
      deadlineMs: 5_000,
      connectDeadlineMs: 5_000,
      maxConnectionAgeMs: 600_000,
    },
    {
      id: 'a',
      target: { id: 'a', url: new Secret(server.url('omninode', 'postgres')), labels: {} },
      writer,
      memory: {},
      onMemory: () => undefined,
    },
  );
  const passes = () => writer.latest('omninode_collector_family_passes_total{family="statements",status="ok"}') ?? 0;
  return { writer, passes, stop: () => watching.stop() };
}

/** What the server counted for the collector's role. The texts' statement is told apart: it runs once a minute at most. */
async function costs() {
  const rows = await ask(
    server.url(),
    `select substring(query from 'omninode-mesh:([a-z-]+)') as family, query like '%own_queryid%' as texts,
            calls, total_exec_time as exec, total_plan_time as plan
     from pg_stat_statements join pg_roles on oid = userid where rolname = 'omninode'`,
  );
  const [{ sessions }] = await ask(
    server.url(),
    `select sum(sessions) as sessions from pg_stat_database where datname in ('postgres', 'app')`,
  );
  const regular = rows.filter(({ texts }) => !texts);
  const sum = (field) => regular.reduce((total, row) => total + Number(row[field]), 0);
  const families = [...new Set(regular.map(({ family }) => family))].map((family) => {
    const own = regular.filter((row) => row.family === family);
    const total = (field) => own.reduce((all, row) => all + Number(row[field]), 0);
    return { family, calls: total('calls'), exec: total('exec') };
  });
  const texts = rows.find((row) => row.texts);
  return {
    calls: sum('calls'),
    exec: sum('exec'),
    plan: sum('plan'),
    // Sessions of this measurement are ours: one for each `ask`, which `asked` counts.
    sessions: Number(sessions) - asked,
    families,
    textsMs: texts && Number(texts.exec) / Number(texts.calls),
  };
}

function statOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.replace(/^.*\) /s, '').split(' ');
}

/** CPU of the postmaster and all that it started, ended ones included. Ticks of 10 ms. */
function serverCpuMs() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = statOf(pid);
      const isServer = Number(pid) === server.pid;
      if (!isServer && Number(stat[1]) !== server.pid) continue;
      ticks += Number(stat[11]) + Number(stat[12]) + (isServer ? Number(stat[13]) + Number(stat[14]) : 0);
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error; // it ended meanwhile
    }
  }
  return ticks * 10;
}

/** What the server does by itself, while nobody asks it anything. */
async function idleCpuMs(ms) {
  const before = serverCpuMs();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return serverCpuMs() - before;
}

async function makeTables() {
  for (let from = 0; from < 500; from += 50) {
    const tables = Array.from({ length: 50 }, (_, at) => {
      const name = `t${from + at}`;
      return `create table ${name} (id int primary key, name text); create index on ${name} (name);
              insert into ${name} select n, md5(n::text) from generate_series(1, 20) as n;`;
    });
    await ask(server.url('postgres', 'app'), tables.join('\n'));
  }
  await ask(server.url('postgres', 'app'), 'analyze');
}

/** A statement a table, twice: with its own shape of text each has an entry. */
async function makeEntries() {
  await ask(server.url(), 'select pg_stat_statements_reset()');
  const statements = Array.from({ length: 500 }, (_, at) => [
    `select * from t${at} where id = 1`,
    `select count(*) from t${at}`,
  ]);
  for (let from = 0; from < 500; from += 100) {
    await ask(
      server.url('postgres', 'app'),
      statements
        .slice(from, from + 100)
        .flat()
        .join(';'),
    );
  }
}

async function until(isReached) {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function ask(url, statements) {
  asked++;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query(statements);
    return Array.isArray(result) ? result.at(-1).rows : result.rows;
  } finally {
    await client.end();
  }
}

function print(result) {
  const { perCycle } = result;
  console.log(
    `PostgreSQL ${result.server}, ${result.entries} entries, ${result.cycles} full cycles, ${result.series} series`,
  );
  const rounded = Object.fromEntries(Object.entries(perCycle).map(([name, value]) => [name, round(value)]));
  console.table({ 'a full cycle': rounded, budget });
  const isKept = Object.entries(budget).every(([name, most]) => perCycle[name] <= most);
  console.log(`The budget is ${isKept ? 'kept' : 'not kept'}.`);
  console.table(
    result.byFamily.map((family) => ({
      ...family,
      statements: round(family.statements),
      executionMs: round(family.executionMs),
    })),
  );
  console.log(`texts, at most once a minute: ${round(result.textsMs ?? 0)} ms`);
  console.log(
    `round trips as the collector told them: ${result.toldByCollector.map(([family, count]) => `${family} ${count}`).join(', ')}`,
  );
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
