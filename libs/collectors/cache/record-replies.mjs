// Records what real servers answer: testdata/redis-<version>/<what>.json, and what the families make of it beside it, in
// <what>.expected.json. The statistics of an application come from a service that answers as the platform's
// workflow_cache.get_cache_stats() does. Needs a build (`tsc -b libs/collectors/cache`).
//   node record-replies.mjs              records, then writes the expected files
//   node record-replies.mjs --expected   writes the expected files anew from the recordings; review the difference
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { startRedis } from '@omninode/local-services';
import { Secret } from '@omninode/service-kit';
import { cacheReader } from './dist/cache.reader.js';
import { cacheFamilies } from './dist/index.js';
import { openTestConnection } from './dist/testing/ask-redis.reader.js';
import { replay } from './dist/testing/replay.js';

const folder = join(import.meta.dirname, 'testdata');

if (!process.argv.includes('--expected')) {
  for (const program of ['installed', 'packaged']) await recordServers(program);
  await recordApplication();
}
writeExpected();

async function recordServers(program) {
  const settings = {
    appendonly: 'yes',
    maxmemory: '64mb',
    'maxmemory-policy': 'allkeys-lru',
    'slowlog-log-slower-than': -1,
  };
  const primary = await startRedis({ program, settings });
  const replica = await startRedis({ program, settings: { replicaof: `127.0.0.1 ${primary.port}` } });
  const version = /v=(\S+)/.exec(primary.version)[1];
  const connection = await openTestConnection(primary.url);
  const waiting = await openTestConnection(primary.url);
  const [watched, watchedReplica] = await Promise.all([connect(primary.url), connect(replica.url)]);
  try {
    await until(async () => /state=online/.test(await connection.run('INFO', 'replication')));
    void waiting.run('BLPOP', 'nothing', 0).catch(() => undefined); // ends with its connection
    const passes = [await answer(watched)];
    await work(connection);
    await until(async () => /avg_ttl=[1-9]/.test(await connection.run('INFO', 'keyspace')));
    await until(async () => /rdb_bgsave_in_progress:0/.test(await connection.run('INFO', 'persistence')));
    await until(async () => /slave0:.*lag=[01]/.test(await connection.run('INFO', 'replication')));
    passes.push(await answer(watched));
    await connection.run('CONFIG', 'RESETSTAT');
    await connection.run('GET', 'key:1');
    passes.push(await answer(watched));
    write(`redis-${version}/primary`, { recordedFrom: `Redis ${version}, with a replica`, passes });

    const followed = [await answer(watchedReplica)];
    connection.close();
    waiting.close();
    await primary.kill();
    await until(async () => /master_link_status:down/.test((await answer(watchedReplica)).info));
    followed.push(await answer(watchedReplica));
    write(`redis-${version}/replica`, {
      recordedFrom: `Redis ${version}, a replica that loses its primary`,
      passes: followed,
    });
    console.log(`recorded Redis ${version} (${program})`);
  } finally {
    await Promise.allSettled([watched.close(), watchedReplica.close()]);
    await Promise.allSettled([primary.stop(), replica.stop()]);
  }
}

/** All that the families tell apart: hits, misses, failures, words of scripts, slow commands, keys that end, a snapshot. */
async function work(connection) {
  const run = (...command) => connection.run(...command);
  for (let at = 0; at < 20; at++) await run('SET', `key:${at}`, 'x'.repeat(100), ...(at % 2 ? ['PX', 600_000] : []));
  for (let at = 0; at < 40; at++) await run('GET', `key:${at}`);
  await run('SET', 'gone', 1, 'PX', 1);
  for (const failing of [
    ['LPUSH', 'key:1', 'x'],
    ['NOSUCHCOMMAND'],
    ['GET'],
    ['EVAL', `return redis.error_reply('Quite my own error')`, 0],
  ]) {
    await run(...failing).catch(() => undefined); // that is what they are for
  }
  await run('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
  await run('MSET', 'secret', 'hunter2', 'other', 'hunter3');
  await run('CONFIG', 'GET', 'maxmemory');
  await run('CONFIG', 'SET', 'slowlog-log-slower-than', -1);
  await run('BGSAVE').catch(() => undefined); // a rewrite of the AOF may be under way: then it comes after it
}

async function recordApplication() {
  const counts = {
    cache_hits: 900,
    cache_misses: 100,
    hit_rate_percent: 90,
    disk_reads: 12,
    disk_writes: 30,
    compressions: 7,
    decompressions: 5,
  };
  const stats = {
    performance_metrics: counts,
    storage_metrics: {
      memory_entries: 40,
      disk_entries: 25,
      total_entries: 65,
      memory_usage_bytes: 50331648,
      disk_usage_bytes: 104857600,
      memory_usage_percent: 37.5,
      disk_usage_percent: 9.8,
    },
    configuration: {
      max_memory_size_mb: 128,
      max_disk_size_mb: 1024,
      compression_threshold_kb: 10,
      disk_threshold_kb: 100,
      cache_directory: '/var/cache/workflow',
    },
  };
  const server = createServer((_, response) => response.end(JSON.stringify(stats))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = await connect(`http://127.0.0.1:${server.address().port}/`);
  const passes = [JSON.parse(JSON.stringify((await read(session)).reply))];
  stats.performance_metrics = { ...counts, cache_hits: 930, cache_misses: 110 };
  passes.push((await read(session)).reply);
  await session.close();
  server.close();
  write('application/workflow-cache', {
    recordedFrom: 'a service that answers as workflow_cache.get_cache_stats()',
    passes,
  });
}

function connect(url) {
  const reader = cacheReader({ connectTimeoutMs: 5_000, refusalPauseMs: 1_000, maxAnswerBytes: 1_000_000 });
  const target = { id: 'recorded', url: new Secret(url), labels: {}, cache: 'workflow_cache', tls: {} };
  return reader.connect(target, AbortSignal.timeout(10_000));
}

function read(session) {
  return session.read({ slowlog: 16 }, 'slowlog', AbortSignal.timeout(10_000));
}

/** Without what would tell of the machine that it was recorded on. */
async function answer(session) {
  const { reply } = await read(session);
  const info = reply.info.replace(/^(os|executable|config_file|process_id|gcc_version):.*\r\n/gm, '');
  return { ...reply, info, own: { ...reply.own, counter: 'recorder' } };
}

async function until(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 50));
}

function writeExpected() {
  for (const file of globSync('*/*.json', { cwd: folder }).filter((name) => !name.endsWith('.expected.json'))) {
    const recording = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const expected = Object.fromEntries(cacheFamilies.map((family) => [family.name, replay(family, recording)]));
    write(file.replace(/\.json$/, '.expected'), expected);
  }
}

function write(name, content) {
  const path = join(folder, `${name}.json`);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
}
