import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { alertOf, eventually, inMesh, webhookServer } from './testing/notified-mesh.js';

const alerts = 200;
/** What the whole way from a sample to a webhook may take is 250 ms; this is its last part. */
const mostMs = 100;

test(`from the record on the topic to the webhook: 99 of 100 within ${mostMs} ms`, async (context) => {
  await using hook = await webhookServer();
  const receiver = {
    type: 'webhook',
    url: hook.url,
    groupBy: ['target'],
    groupWait: '0s',
    groupInterval: '0s',
    stormCap: 10_000,
  };
  await using mesh = await inMesh({ hook: receiver });
  const one = await mesh.start();
  await eventually(() => expect(one.seated.every(({ seat }) => seat.isLeader)).toBe(true));
  const publishedAtMs = new Map<number, number>();
  for (let n = 1; n <= alerts; n++) {
    publishedAtMs.set(n, performance.now());
    await mesh.alert(alertOf(n));
    await sleep(10);
  }
  await eventually(() => expect(hook.taken).toHaveLength(alerts));
  const latencies = hook.taken.map(
    ({ body, atMs }) => atMs - publishedAtMs.get(parseInt(body.alerts?.[0]?.fingerprint ?? '', 16))!,
  );
  latencies.sort((one_, other) => one_ - other);
  const [p50, p99, worst] = [0.5, 0.99, 1].map((part) => latencies[Math.ceil(alerts * part) - 1]!);
  await context.annotate(
    `p50 ${p50!.toFixed(2)} ms, p99 ${p99!.toFixed(2)} ms, worst ${worst!.toFixed(2)} ms of ${alerts} alerts`,
  );
  expect(p99).toBeLessThan(mostMs);
});
