// What each process of the mesh costs while nothing happens but its own passes: CPU and memory over a minute, after a warm-up.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKafka, startPostgres, startRedis } from '@omninode/local-services';
import { cpuMsOf, rssOf } from './measure/measure.mjs';

export const title = 'Idle: CPU and memory of each app, one target of each kind, default intervals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const apps = [
  'aggregator',
  'database-collector',
  'kafka-collector',
  'cache-collector',
  'breaker-collector',
  'all-in-one',
];
const warmUpMs = 30_000;

/** `--seconds 60`: how long it is measured. */
export async function run(options) {
  const at = options.indexOf('--seconds');
  const seconds = at < 0 ? 60 : Number(options[at + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'omninode-idle-'));
  const [kafka, postgres, redis] = await Promise.all([startKafka(), startPostgres(), startRedis()]);
  const targets = [
    { id: 'orders', kind: 'database', url: postgres.url('omninode') },
    { id: 'bus', kind: 'kafka', url: kafka.brokers.join(',') },
    { id: 'sessions', kind: 'cache', url: `redis://127.0.0.1:${redis.port}` },
  ];
  // JSON is YAML.
  writeFileSync(join(folder, 'mesh.yaml'), JSON.stringify({ targets }));
  const children = apps.map((app) => start(app, { kafka, folder }));
  try {
    await sleep(warmUpMs);
    const before = children.map(({ pid }) => cpuMsOf(pid));
    await sleep(seconds * 1000);
    return children.map(({ pid }, nth) => ({
      app: apps[nth],
      'CPU % of a core': ((cpuMsOf(pid) - before[nth]) / (seconds * 10)).toFixed(2),
      'RSS MB': (rssOf(pid) / 1e6).toFixed(0),
    }));
  } finally {
    await Promise.all(children.map(end));
    await Promise.all([kafka.stop(), postgres.stop(), redis.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(app, { kafka, folder }) {
  return spawn(process.execPath, [join(root, 'apps', app, 'dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...(app !== 'all-in-one' && { OMNINODE_BUS_BROKERS: kafka.brokers.join(',') }),
      OMNINODE_CONFIG: join(folder, 'mesh.yaml'),
      OMNINODE_DATA_DIR: join(folder, app),
      OMNINODE_HTTP_PORT: '0',
      OMNINODE_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function end(child) {
  if (child.exitCode !== null) throw new Error('one of the apps ended by itself');
  child.kill('SIGTERM');
  await once(child, 'exit');
}
