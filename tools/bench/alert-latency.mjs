// From a sample that is produced to the webhook that hears of it: the mesh through a real broker, and Prometheus with Alertmanager
// that scrape and evaluate every second. Each alert is of a target of its own, so that none waits for a group.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { throughPrometheus } from './alert-latency/prometheus-path.mjs';
import { throughTheMesh } from './alert-latency/mesh-path.mjs';
import { startSink } from './alert-latency/sink.mjs';
import { seededRandom } from './measure/measure.mjs';

export const title = 'From the produced sample to the webhook, ms';

const alerts = 200;

export async function run() {
  return [
    await measured('mesh on Kafka', throughTheMesh),
    await measured('Prometheus 1 s + Alertmanager', throughPrometheus),
  ];
}

/** Raises one alert after the other at times that have nothing to do with anybody's interval. */
async function measured(path, open) {
  const sink = await startSink();
  const { raise, close } = await open({ alerts, webhook: sink.url });
  try {
    const random = seededRandom(7);
    const raisedAt = [];
    for (let nth = 0; nth < alerts; nth++) {
      await sleep(random() * 150);
      raisedAt[nth] = performance.now();
      await raise(nth);
    }
    await sink.heardOf(alerts, 60_000);
    const delays = raisedAt.map((at, nth) => sink.heardAt.get(`host-${nth}`) - at).sort((a, b) => a - b);
    const quantile = (q) => delays[Math.min(alerts - 1, Math.ceil(q * alerts) - 1)].toFixed(0);
    return { path, alerts, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) };
  } finally {
    await close();
    sink.server.close();
    await once(sink.server, 'close');
  }
}
