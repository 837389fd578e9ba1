import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NOTIFICATIONS_VIEW, notificationRoutes, notificationsArea } from '@omninode/mesh-api';
import { startService, type StartedService } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import type { Notifications } from './notifications.js';
import { notificationsView } from './notifications-view.js';
import { alertOf, eventually, inMesh, webhookServer } from './testing/notified-mesh.js';

const atOnce = { type: 'webhook', groupBy: ['target'], groupWait: '0s', groupInterval: '0s' };

test('a silence made at one replica holds at the other, over a restart, until it is taken back', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: hook.url } });
  const leader = await mesh.start();
  await eventually(() => expect(leader.seated.every(({ seat }) => seat.isLeader)).toBe(true));
  const other = await mesh.start();
  await using api = await serve(other);
  const made = await api.ask('POST', '/api/v1/silences', silenceOf(['target=~db-1']));
  expect(made).toMatchObject({ status: 201, body: { state: 'active', matchers: ['target=~db-1'], created_by: 'ops' } });
  await eventually(async () =>
    expect((await api.ask('GET', '/api/v1/silences')).body).toMatchObject([{ id: made.body.id }]),
  );
  await eventually(() => expect(leader.board.silences()).toHaveLength(1));
  await mesh.alert(alertOf(1), alertOf(2));
  await eventually(() => expect(hook.told()).toEqual(['2 firing']));
  await leader.stop();
  await sleep(700);
  expect(hook.told()).toEqual(['2 firing']);
  expect(await api.ask('DELETE', `/api/v1/silences/${made.body.id}`)).toMatchObject({ status: 204 });
  await eventually(() => expect(hook.told()).toEqual(['2 firing', '1 firing']));
  expect(await api.ask('DELETE', `/api/v1/silences/${made.body.id}`)).toMatchObject({ status: 404 });
});

test('bad requests are told what is wrong with them', async () => {
  await using mesh = await inMesh({ log: { type: 'log' } });
  await using api = await serve(await mesh.start());
  await eventually(async () => expect((await api.ask('GET', '/api/v1/silences')).status).toBe(200));
  const over = { ...silenceOf(['a=b']), ends_at: '2020-01-01T00:00:00Z' };
  const refusals: [object, string][] = [
    [silenceOf(['a']), 'matchers.0: is no matcher'],
    [silenceOf(['a=~(x+)+']), 'for ever'],
    [silenceOf([]), 'matchers'],
    [over, 'ends_at: is over already'],
    [{ ...silenceOf(['a=b']), starts_at: '2999-01-01T00:00:00Z' }, 'ends_at: must be after starts_at'],
    [{ ...silenceOf(['a=b']), what: 1 }, 'there is no such field: what'],
    [[], 'body'],
  ];
  for (const [body, why] of refusals) {
    const answer = await api.ask('POST', '/api/v1/silences', body);
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(why)]);
  }
  expect(await api.ask('GET', '/api/v1/silences?state=x')).toMatchObject({ status: 400 });
  expect(await api.ask('POST', '/api/v1/receivers/none/test')).toMatchObject({ status: 404 });
  expect(await api.ask('POST', '/api/v1/receivers/a..b/test')).toMatchObject({ status: 400 });
});

test('receivers say how they do, at every replica; a test is sent at once and its failure is told', async () => {
  await using hook = await webhookServer();
  await using mesh = await inMesh({ hook: { ...atOnce, url: `${hook.url}?token=s3cret` }, log: { type: 'log' } });
  const leader = await mesh.start();
  await using api = await serve(await mesh.start());
  await mesh.alert(alertOf(1));
  await eventually(async () => {
    const { body } = await api.ask('GET', '/api/v1/receivers');
    expect(body).toMatchObject([
      { name: 'hook', type: 'webhook', state: 'working', waiting: 0 },
      { name: 'log', state: 'working' },
    ]);
  });
  expect(await api.ask('POST', '/api/v1/receivers/hook/test')).toMatchObject({
    status: 200,
    body: { receiver: 'hook', sent: true },
  });
  hook.answer = (_request, response) => void response.writeHead(403).end();
  const failed = await api.ask('POST', '/api/v1/receivers/hook/test');
  expect(failed).toMatchObject({ status: 502, body: { sent: false, error: { code: 'RECEIVER_DENIED' } } });
  await mesh.alert(alertOf(2));
  await eventually(async () => {
    const { body } = await api.ask('GET', '/api/v1/receivers');
    expect(body[0]).toMatchObject({ state: 'failing', error_code: 'RECEIVER_DENIED', waiting: 1 });
    expect(JSON.stringify([failed.body, body, mesh.lines])).not.toContain('s3cret');
  });
  expect(leader.samples().length).toBeGreaterThan(5);
}, 40_000);

test('every route that is described is served', async () => {
  await using mesh = await inMesh({ log: { type: 'log' } });
  await using api = await serve(await mesh.start());
  expect((await api.ask('GET', '/api/v1/nothing')).body.error.message).toContain('Cannot');
  for (const { method, path } of notificationRoutes) {
    const answer = await api.ask(
      method.toUpperCase(),
      path.replace('{id}', 'nobody'),
      method === 'post' ? {} : undefined,
    );
    expect([path, answer.body?.error?.message ?? '']).not.toEqual([path, expect.stringContaining('Cannot')]);
  }
});

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are compared, not used
  readonly body: any;
}

async function serve(notifications: Notifications) {
  @Module({})
  class ApiModule {}
  const { controllers, providers = [] } = notificationsArea({
    provide: NOTIFICATIONS_VIEW,
    useValue: notificationsView(notifications),
  });
  const module = { module: ApiModule, controllers: [...controllers], providers: [...providers] };
  const service: StartedService = await startService('notifications', () => [module], {
    env: {},
    argv: ['--http.port=0', '--log.level=silent'],
  });
  return {
    async ask(method: string, path: string, body?: object): Promise<Answer> {
      const headers = body ? { 'content-type': 'application/json' } : {};
      const response = await fetch(`${service.url}${path}`, {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    },
    [Symbol.asyncDispose]: async () => void (await service.stop()),
  };
}

function silenceOf(matchers: readonly string[]) {
  return { matchers, ends_at: new Date(Date.now() + 3_600_000).toISOString(), created_by: 'ops', comment: 'we know' };
}
