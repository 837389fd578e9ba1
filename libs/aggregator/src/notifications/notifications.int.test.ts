import { setTimeout as sleep } from 'node:timers/promises';
import { memoryKey } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { newMemory } from './memory-values.js';
import { isOutbox, mortalBus } from './testing/mortal-bus.js';
import { alertOf, eventually, inMesh, topics, webhookServer } from './testing/notified-mesh.js';

const atOnce = { type: 'webhook', groupBy: ['target'], groupWait: '0s', groupInterval: '0s', stormCap: 1_000 };

const emptyOutbox = {
  version: 1,
  told: {},
  missed: { alerts: [], count: 0 },
  offsets: {},
  isStormOpen: false,
  sentAtMs: [],
};

test('an alert on the topic becomes a webhook, once; its end too; a restart tells nothing again', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  const first = await mesh.start();
  await mesh.alert(alertOf(1));
  await eventually(() => expect(hook.told()).toEqual(['1 firing']));
  await first.stop();
  await mesh.reopen();
  const second = await mesh.start();
  await mesh.alert(alertOf(2));
  await eventually(() => expect(hook.told().slice(1)).toEqual(['2 firing']));
  await mesh.alert(alertOf(1, { state: 'resolved' }));
  await eventually(() => expect(hook.told().slice(2)).toEqual(['1 resolved']));
  await sleep(500);
  expect(hook.told()).toHaveLength(3);
  await second.stop();
});

test('of two processes one leads; when it leaves the other goes on, and nothing is lost, doubled or ended', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  const one = await mesh.start(mortalBus(mesh.bus));
  await eventually(() => expect(leads(one)).toBe(true));
  const two = await mesh.start(mortalBus(mesh.bus));
  for (let n = 1; n <= 20; n++) {
    await mesh.alert(alertOf(n));
    if (n === 10) void one.stop();
    await sleep(10);
  }
  await eventually(() =>
    expect(hook.told().toSorted()).toEqual(
      numbers(20)
        .map((n) => `${n} firing`)
        .toSorted(),
    ),
  );
  expect([leads(one), leads(two)]).toEqual([false, true]);
  await sleep(500);
  expect(hook.told()).toHaveLength(20);
});

test('killed before it sends: the next leader tells it, once', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url, groupWait: '500ms' } });
  const bus = mortalBus(mesh.bus);
  const one = await mesh.start(bus);
  await eventually(() => expect(leads(one)).toBe(true));
  await mesh.alert(alertOf(1));
  await sleep(100);
  bus.kill();
  await mesh.start();
  await eventually(() => expect(hook.told()).toEqual(['1 firing']));
  await sleep(800);
  expect(hook.told()).toHaveLength(1);
});

test.for(['while it is sent', 'between the send and the write', 'after the write'])(
  'killed %s: at most one double, under the same idempotency key',
  async (moment) => {
    await using hook = await webhookServer();
    await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
    const bus = mortalBus(mesh.bus);
    const one = await mesh.start(bus);
    await eventually(() => expect(leads(one)).toBe(true));
    await sleep(100);
    if (moment === 'while it is sent') {
      hook.answer = (_request, response) => {
        bus.kill();
        response.destroy();
      };
    }
    if (moment === 'between the send and the write')
      bus.onPublish = (records) => isOutbox(records) && hook.taken.length > 0 && bus.kill();
    if (moment === 'after the write')
      bus.onPublished = (records) => isOutbox(records) && hook.taken.length > 0 && bus.kill();
    await mesh.alert(alertOf(1));
    await eventually(() => expect(hook.taken.length).toBeGreaterThan(0));
    await sleep(100);
    hook.answer = undefined;
    const two = await mesh.start();
    await eventually(() => expect(leads(two)).toBe(true));
    await sleep(700);
    const expected = moment === 'after the write' ? 1 : 2;
    expect(hook.told()).toEqual(numbers(expected).map(() => '1 firing'));
    expect(new Set(hook.taken.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    await mesh.alert(alertOf(1, { state: 'resolved' }));
    await eventually(() => expect(hook.told().slice(expected)).toEqual(['1 resolved']));
  },
);

test('killed again and again at any moment: none lost, none ended that fires, doubles no more than kills', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  const startsAt = Date.now() - 1_000;
  let kills = 0;
  for (let round = 0; round < 12; round++) {
    const bus = mortalBus(mesh.bus);
    let untilKill = round % 5;
    const count = () => void (untilKill-- === 0 && bus.kill());
    if (round % 2 === 0) bus.onPublish = count;
    else bus.onPublished = count;
    await mesh.start(bus);
    for (let n = 1; n <= 5; n++) await mesh.alert(alertOf(round * 5 + n, { startsAt }));
    if (round > 0) await mesh.alert(alertOf((round - 1) * 5 + 1, { startsAt, state: 'resolved' }));
    await sleep(150);
    bus.kill();
    kills++;
  }
  await mesh.start();
  const fired = numbers(60);
  const ended = numbers(11).map((n) => (n - 1) * 5 + 1);
  await eventually(() => {
    const told = new Set(hook.told());
    expect(fired.filter((n) => !told.has(`${n} firing`) && !told.has(`${n} resolved`))).toEqual([]);
    expect(ended.filter((n) => !told.has(`${n} resolved`))).toEqual([]);
  });
  await sleep(6_000);
  const told = hook.told();
  const doubles = told.length - new Set(told).size;
  expect(doubles).toBeLessThanOrEqual(kills);
  const falselyEnded = told.filter((line) => line.endsWith('resolved') && !ended.includes(Number(line.split(' ')[0])));
  expect(falselyEnded).toEqual([]);
});

test('an owner that was overtaken sends nothing more: the later claim fences it', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  const one = await mesh.start();
  await eventually(() => expect(leads(one)).toBe(true));
  const other = mortalBus(mesh.bus);
  const outbox = emptyOutbox;
  await other.publish([claimOf('another', { outbox, status: { leader: 'another', waiting: 0 } })]);
  await eventually(() => expect(leads(one)).toBe(false));
  await mesh.alert(alertOf(1));
  await sleep(700);
  expect(hook.told()).toEqual([]);
});

test('what an overtaken owner still wrote was sent, and is not sent again', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  // The claim of the one before is the first record of its partition: its incarnation is 0.
  await mesh.bus.publish([claimOf('before', { outbox: emptyOutbox, status: { leader: 'before', waiting: 0 } })]);
  const one = await mesh.start();
  await eventually(() => expect(leads(one)).toBe(true));
  const record = alertOf(1);
  const told = {
    state: 'firing',
    severity: 'warning',
    startsAtMs: record.startsAt,
    atMs: Date.now(),
    group: '{}:{target="db-1"}',
  };
  const outbox = { ...emptyOutbox, told: { [record.fingerprint]: told } };
  const late = { outbox, status: { leader: 'before', waiting: 0 } };
  const place = { topic: topics.memory, key: memoryKey('receiver', 'hook'), owner: 'before', incarnation: 0 };
  await mesh.bus.publish([newMemory(place, late)]);
  await sleep(300);
  await mesh.alert(record, alertOf(2));
  await eventually(() => expect(hook.told()).toEqual(['2 firing']));
  await sleep(500);
  expect(hook.told()).toEqual(['2 firing']);
});

test('a backlog that nobody read: one summary of what cleared, one page for what fires', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  for (let n = 1; n <= 200; n++) await mesh.alert(alertOf(n), alertOf(n, { state: 'resolved' }));
  await mesh.alert(alertOf(999, { severity: 'critical' }));
  const one = await mesh.start();
  await eventually(() => expect(hook.taken).toHaveLength(2));
  expect(hook.told()[0]).toBe('999 firing');
  expect(hook.taken[1]?.body).toMatchObject({
    status: 'resolved',
    truncatedAlerts: 100,
    commonAnnotations: { summary: '200 alerts fired and cleared before anybody could be told' },
  });
  await one.stop();
  await mesh.start();
  await sleep(1_000);
  expect(hook.taken).toHaveLength(2);
}, 40_000);

test('a receiver that never answers holds up no other, and is told when it is back', async () => {
  await using dead = await webhookServer();
  await using good = await webhookServer();
  dead.answer = () => undefined;
  await using mesh = await inMesh({
    dead: { ...atOnce, url: dead.url, timeout: '300ms' },
    good: { ...atOnce, url: good.url },
  });
  const one = await mesh.start();
  await eventually(() => expect(one.seated.every(({ seat }) => seat.isLeader)).toBe(true));
  const beginMs = performance.now();
  for (let n = 1; n <= 10; n++) await mesh.alert(alertOf(n));
  await eventually(() => expect(good.told()).toHaveLength(10), 5);
  expect(performance.now() - beginMs).toBeLessThan(2_000);
  await eventually(() => expect(samplesOf(one, 'dead').failed).toBeGreaterThan(0));
  expect(samplesOf(one, 'dead')).toMatchObject({ sent: 0, waiting: 10, is_leader: 1 });
  expect(mesh.lines.filter((line) => line.includes('RECEIVER_SILENT')).length).toBe(1);
  dead.answer = undefined;
  dead.taken.length = 0;
  await eventually(() => expect(new Set(dead.told()).size).toBe(10));
});

test('429 with Retry-After is obeyed; a 400 for one group holds up no other group', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  await mesh.start();
  hook.answer = (_request, response) => {
    hook.answer = ({ body }, next) =>
      next.writeHead(JSON.stringify(body).includes('db-2') ? 400 : 200).end('no db-2 here');
    response.writeHead(429, { 'retry-after': '2' }).end();
  };
  await mesh.alert(alertOf(1));
  await eventually(() => expect(hook.taken).toHaveLength(2));
  expect(hook.taken[1]!.atMs - hook.taken[0]!.atMs).toBeGreaterThanOrEqual(1_950);
  await mesh.alert(alertOf(2), alertOf(3));
  await eventually(() => expect(new Set(hook.told())).toEqual(new Set(['1 firing', '2 firing', '3 firing'])));
  await sleep(300);
  expect(hook.taken).toHaveLength(4);
});

test('an Alertmanager is told everything again and again, by whoever leads, and what is over stays over', async () => {
  await using server = await webhookServer();
  await using mesh = await inMesh({
    am: { type: 'alertmanager', urls: [server.url.replace('/hook', '')], resend: '1s' },
  });
  const one = await mesh.start();
  await mesh.alert(alertOf(1), alertOf(2));
  await eventually(() => expect(server.taken.length).toBeGreaterThan(2));
  await one.stop();
  const before = server.taken.length;
  await mesh.start();
  await mesh.alert(alertOf(1, { state: 'resolved' }));
  await eventually(() => expect(server.taken.length).toBeGreaterThan(before + 3));
  const last = server.taken.at(-1)!;
  expect(last.path).toBe('/api/v2/alerts');
  const ends = (last.body as unknown as { labels: { target: string }; endsAt: string }[]).map(({ labels, endsAt }) => [
    labels.target,
    Date.parse(endsAt) > Date.now(),
  ]);
  expect(Object.fromEntries(ends)).toEqual({ 'db-1': false, 'db-2': true });
});

function leads(notifications: {
  readonly seated: readonly { readonly seat: { readonly isLeader: boolean } }[];
}): boolean {
  return notifications.seated.every(({ seat }) => seat.isLeader);
}

function samplesOf(notifications: Awaited<ReturnType<Awaited<ReturnType<typeof inMesh>>['start']>>, receiver: string) {
  const own = notifications.samples().filter(({ labels }) => labels?.receiver === receiver);
  return Object.fromEntries(
    own.map(({ name, labels, value }) => [labels?.outcome ?? name.replace('omninode_mesh_notifications_', ''), value]),
  );
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function claimOf(owner: string, memory: Record<string, unknown>) {
  return newMemory({ topic: topics.memory, key: memoryKey('receiver', 'hook'), owner }, memory);
}
