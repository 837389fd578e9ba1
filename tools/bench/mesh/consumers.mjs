// The two processes that the mesh benchmark compares, and what each of them costs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMsOf, rssOf } from '../measure/measure.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The aggregator works off what is in the topic; then it starts once more, to know what a start with a restore costs. */
export async function aggregate(mesh, points) {
  const first = await runAggregator(mesh);
  const again = await runAggregator(mesh);
  return { ...first, nsPerPoint: ((first.cpuMs - again.cpuMs) * 1e6) / points };
}

async function runAggregator({ kafka, folder, configuration }) {
  const child = start('apps/aggregator/dist/main.js', {
    OMNINODE_BUS_BROKERS: kafka.brokers.join(','),
    OMNINODE_DATA_DIR: join(folder, 'aggregator'),
    OMNINODE_HTTP_PORT: '0',
    ...(configuration && { OMNINODE_CONFIG: configuration }),
  });
  try {
    const url = (await lineOf(child, /^ready (http:\S+)/))[1];
    const startedAt = performance.now();
    for (;;) {
      const ledger = await (await fetch(`${url}/api/v1/ledger`)).json();
      const read = ledger.partitions.filter(({ next_offset: next, end_offset: last }) => next === last).length;
      if (ledger.complete && read === ledger.partitions.length && ledger.totals.received > 0 && ledger.lag === 0) break;
      await sleep(200);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    const cpuMs = cpuMsOf(child.pid);
    const page = await (await fetch(`${url}/metrics`)).text();
    const longestDelayMs = 1000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(page)?.[1]);
    const alerts = sumOf(page, 'omninode_mesh_alert_instances');
    return { seconds, cpuMs, longestDelayMs, rssBytes: rssOf(child.pid), alerts };
  } finally {
    await end(child);
  }
}

function sumOf(page, metric) {
  const lines = page.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

export async function consumeNaively({ kafka, topics }, points) {
  const idle = await runNaive(kafka, topics.alert, 0);
  const busy = await runNaive(kafka, topics.measurement, points);
  return { nsPerPoint: ((busy - idle) * 1e6) / points };
}

async function runNaive(kafka, topic, points) {
  const child = start('tools/bench/mesh/naive-consumer.mjs', {}, [kafka.brokers.join(','), topic, String(points)]);
  try {
    await lineOf(child, /^done/);
    return cpuMsOf(child.pid);
  } finally {
    await end(child);
  }
}

function start(script, env, args = []) {
  return spawn(process.execPath, [join(root, script), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function lineOf(child, pattern) {
  for await (const line of createInterface({ input: child.stdout })) {
    const match = pattern.exec(line);
    if (match) return match;
  }
  throw new Error(`a process ended before it said ${pattern}`);
}

async function end(child) {
  if (child.exitCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
