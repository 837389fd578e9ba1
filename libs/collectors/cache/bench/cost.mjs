// What watching costs a Redis, told by the server itself: commands and their time (INFO commandstats), connections and CPU of a
// full pass, on three databases with 151 002 keys and about 40 kinds of commands in its statistics. Beside it the plainest
// pass that could be: one INFO of each form.
// Needs a build (`tsc -b libs/collectors/cache`).   node bench/cost.mjs [packaged]
import { readFileSync } from 'node:fs';
import { systemClock, TargetWatch } from '@omninode/collector-kit';
import { KeptLogger, RecordingWriter } from '@omninode/collector-kit/testing';
import { startRedis } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { cacheReader } from '../dist/cache.reader.js';
import { cacheFamilies } from '../dist/index.js';
import { openTestConnection } from '../dist/testing/ask-redis.reader.js';

const passes = 100;
const intervalMs = 100;
const server = await startRedis({ program: process.argv[2] ?? 'installed' });
const connection = await openTestConnection(server.url);
try {
  await fill();
  console.log(`${server.version}, ${await keys()} keys, ${(await statsOf()).size} kinds of commands, ${passes} passes`);
  printPass(await measureWatching());
  console.log('One command alone, server time of a call:');
  console.table(await measureForms());
} finally {
  connection.close();
  await server.stop();
}

async function measureWatching() {
  const watched = watch();
  await until(() => watched.passes() >= 3); // connected, and told what was slow before
  const [before, first, usageBefore, cpuBefore] = [
    await statsOf(),
    watched.passes(),
    process.cpuUsage(),
    serverCpuMs(),
  ];
  await until(() => watched.passes() >= first + passes);
  const [after, n, usage, cpu] = [
    await statsOf(),
    watched.passes() - first,
    process.cpuUsage(usageBefore),
    serverCpuMs(),
  ];
  await watched.stop();
  await new Promise((resolve) => setTimeout(resolve, 500)); // the connection is gone
  const idleFrom = serverCpuMs();
  await new Promise((resolve) => setTimeout(resolve, n * intervalMs));
  const idle = serverCpuMs() - idleFrom;
  const points = Object.keys(watched.writer.passes.at(-2).points).filter(
    (series) => !series.startsWith('omninode_collector_'),
  );
  const byCommand = [...after].flatMap(([command, { calls, usec }]) => {
    const was = before.get(command) ?? { calls: 0, usec: 0 };
    // The INFO that asks for these figures is ours too, and not the collector's: one lies between the two readings.
    const own = command === 'info' ? 1 : 0;
    return calls - was.calls - own > 0
      ? [{ command, calls: (calls - was.calls - own) / n, usec: (usec - was.usec) / n }]
      : [];
  });
  return {
    byCommand,
    pass: {
      commands: sum(byCommand, 'calls'),
      serverUsec: sum(byCommand, 'usec'),
      newConnections: (watched.writer.latest('omninode_collector_connections_opened_total') - 1) / n,
      serverCpuMs: (cpu - cpuBefore - idle) / n,
      collectorCpuMs: (usage.user + usage.system) / 1000 / n,
      series: points.length,
      metrics: new Set(points.map((series) => series.split('{')[0])).size,
    },
    told: cacheFamilies.map(({ name }) => [
      name,
      watched.writer.latest(`omninode_collector_family_round_trips_total{family="${name}"}`),
    ]),
  };
}

async function measureForms() {
  const forms = [
    ['INFO', 'all'],
    ['INFO', 'everything'],
    ['INFO'],
    ['INFO', 'default', 'commandstats'],
    ['SLOWLOG', 'GET', 16],
    ['CONFIG', 'GET', '*'],
    ['LATENCY', 'HISTOGRAM'],
  ];
  const rows = [];
  for (const form of forms) {
    await connection.run('CONFIG', 'RESETSTAT');
    let reply;
    for (let at = 0; at < passes; at++) reply = await connection.run(...form).catch((error) => error);
    if (reply instanceof Error) continue; // this version does not know it
    await fillStatistics(1); // RESETSTAT emptied them, and they are what makes INFO long
    const [before, name] = [await statsOf(), form[0].toLowerCase()];
    for (let at = 0; at < passes; at++) reply = await connection.run(...form);
    const after = await statsOf();
    const of = (stats) =>
      [...stats].filter(([command]) => command.split('|')[0] === name).reduce((all, [, { usec }]) => all + usec, 0);
    rows.push({
      command: form.join(' '),
      usec: round((of(after) - of(before)) / passes),
      bytes: Buffer.byteLength(JSON.stringify(reply)),
    });
  }
  return rows;
}

function watch() {
  const writer = new RecordingWriter();
  const watching = new TargetWatch(
    {
      families: cacheFamilies,
      reader: cacheReader({ connectTimeoutMs: 5_000, refusalPauseMs: 60_000, maxAnswerBytes: 1_000_000 }),
      clock: systemClock,
      logger: new KeptLogger(),
      intervalsMs: { fast: intervalMs, medium: intervalMs, slow: intervalMs },
      deadlineMs: 5_000,
      connectDeadlineMs: 5_000,
      maxConnectionAgeMs: 600_000,
    },
    {
      id: 'a',
      target: { id: 'a', url: new Secret(server.url), labels: {}, cache: 'application', tls: {} },
      writer,
      memory: {},
      onMemory: () => undefined,
    },
  );
  const passesOf = () => writer.latest('omninode_collector_family_passes_total{family="slowlog",status="ok"}') ?? 0;
  return { writer, passes: passesOf, stop: () => watching.stop() };
}

async function fill() {
  for (let database = 0; database < 3; database++) {
    await connection.run('SELECT', database);
    for (let from = 0; from < 50_334; from += 1_000) {
      const pairs = Array.from({ length: Math.min(1_000, 50_334 - from) }, (_, at) => [
        `k${from + at}`,
        'v'.repeat(20),
      ]);
      await connection.run('MSET', ...pairs.flat());
    }
  }
  await fillStatistics(20);
  await connection.run('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
  for (let at = 0; at < 20; at++) await connection.run('GET', 'k1');
  await connection.run('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
}

/** A line of statistics for each: what an application in use has. */
async function fillStatistics(times) {
  const commands = [
    ['SET', 'a', 1],
    ['GET', 'a'],
    ['INCR', 'n'],
    ['DEL', 'b'],
    ['EXPIRE', 'a', 1_000],
    ['TTL', 'a'],
    ['EXISTS', 'a'],
    ['APPEND', 's', 'x'],
    ['HSET', 'h', 'f', 1],
    ['HGET', 'h', 'f'],
    ['HGETALL', 'h'],
    ['HDEL', 'h', 'g'],
    ['LPUSH', 'l', 1],
    ['RPUSH', 'l', 1],
    ['LPOP', 'l'],
    ['RPOP', 'l'],
    ['LRANGE', 'l', 0, 1],
    ['LLEN', 'l'],
    ['SADD', 'm', 1],
    ['SREM', 'm', 2],
    ['SMEMBERS', 'm'],
    ['SCARD', 'm'],
    ['ZADD', 'z', 1, 'a'],
    ['ZRANGE', 'z', 0, 1],
    ['ZSCORE', 'z', 'a'],
    ['ZREM', 'z', 'b'],
    ['XADD', 'x', '*', 'f', 1],
    ['XLEN', 'x'],
    ['XRANGE', 'x', '-', '+', 'COUNT', 1],
    ['PUBLISH', 'c', 'x'],
    ['TYPE', 'a'],
    ['SETEX', 'e', 100, 1],
    ['GETSET', 'a', 1],
    ['STRLEN', 'a'],
    ['PING'],
    ['ECHO', 'x'],
    ['MGET', 'a', 'b'],
    ['SCAN', 0],
    ['DBSIZE'],
    ['EVAL', 'return 1', 0],
  ];
  for (let at = 0; at < times; at++) for (const command of commands) await connection.run(...command);
}

async function statsOf() {
  const text = String(await connection.run('INFO', 'commandstats'));
  return new Map(
    [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/gm)].map(([, command, calls, usec]) => [
      command,
      { calls: Number(calls), usec: Number(usec) },
    ]),
  );
}

async function keys() {
  const text = String(await connection.run('INFO', 'keyspace'));
  return [...text.matchAll(/keys=(\d+)/g)].reduce((all, [, count]) => all + Number(count), 0);
}

/** Ticks of 10 ms. */
function serverCpuMs() {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(stat[11]) + Number(stat[12])) * 10;
}

async function until(isReached) {
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0);
}

function printPass({ byCommand, pass, told }) {
  console.table([Object.fromEntries(Object.entries(pass).map(([name, value]) => [name, round(value)]))]);
  console.table(byCommand.map((row) => ({ ...row, calls: round(row.calls), usec: round(row.usec) })));
  console.log(
    `round trips as the collector told them: ${told.map(([family, count]) => `${family} ${count}`).join(', ')}`,
  );
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}
