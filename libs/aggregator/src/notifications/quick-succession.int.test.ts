import { expect, test } from 'vitest';
import { alertOf, eventually, inMesh, webhookServer } from './testing/notified-mesh.js';

const alerts = 200;

// How quickly is for `npm run bench -- alert-latency`: a busy machine says nothing of it.
test(`${alerts} alerts in quick succession are told one by one, each once`, async () => {
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
  const all = Array.from({ length: alerts }, (_, nth) => alertOf(nth + 1));
  for (const alert of all) await mesh.alert(alert);
  await eventually(() => expect(hook.taken).toHaveLength(alerts));
  const told = hook.taken.map(({ body }) => body.alerts?.map(({ fingerprint }) => fingerprint));
  expect(told.toSorted()).toEqual(all.map(({ fingerprint }) => [fingerprint]).toSorted());
});
