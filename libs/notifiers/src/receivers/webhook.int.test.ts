import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import { notificationOf, notifiedAlert, startsAtMs } from '../testing/notifications.js';
import { closedUrl, recordingServer } from '../testing/recording-server.js';
import { webhookReceiver } from './webhook.js';

const context = { name: 'ops', timeoutMs: 1_000, externalUrl: 'https://mesh.example.com', nowMs: () => startsAtMs };
const never = new AbortController().signal;

test('the body is that of an Alertmanager, with an idempotency key and the token', async () => {
  await using server = await recordingServer();
  const token = new Secret('t0ken');
  const receiver = webhookReceiver(context, { url: new Secret(`${server.url}/hook?key=k`), token, maxAlerts: 1 });
  const ended = notifiedAlert(2, { status: 'resolved', news: 'resolved', endsAtMs: startsAtMs + 1_000 });
  const notification = notificationOf([ended, notifiedAlert(1)]);
  await receiver.send(notification, never);
  const [request] = server.requests;
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer t0ken',
    'idempotency-key': notification.idempotencyKey,
  });
  // Recorded from Alertmanager 0.25, template.Data with webhook.Message: https://github.com/prometheus/alertmanager/blob/main/notify/webhook/webhook.go
  expect(request?.json).toEqual({
    version: '4',
    groupKey: '{}:{alertname="PoolExhausted"}',
    truncatedAlerts: 1,
    receiver: 'ops',
    status: 'firing',
    groupLabels: { alertname: 'PoolExhausted' },
    commonLabels: { alertname: 'PoolExhausted', severity: 'critical' },
    commonAnnotations: { runbook_url: 'https://runbooks.example.com/pool' },
    externalURL: 'https://mesh.example.com',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'PoolExhausted', severity: 'critical', target: 'db-1' },
        annotations: { summary: 'db-1 has no connections left.', runbook_url: 'https://runbooks.example.com/pool' },
        startsAt: new Date(startsAtMs).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'https://mesh.example.com/api/v1/alerts/0000000000000001/explain',
        fingerprint: '0000000000000001',
      },
    ],
  });
});

test('basic authentication', async () => {
  await using server = await recordingServer();
  const receiver = webhookReceiver(context, {
    url: new Secret(server.url),
    user: 'u',
    password: new Secret('p:w'),
    maxAlerts: 1,
  });
  await receiver.send(notificationOf([notifiedAlert(1)]), never);
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('u:p:w').toString('base64')}`);
});

test.for([
  [302, {}, 'RECEIVER_REDIRECTS', false],
  [400, {}, 'RECEIVER_REFUSED', false],
  [401, {}, 'RECEIVER_DENIED', false],
  [429, { 'retry-after': '7' }, 'RECEIVER_BUSY', true],
  [500, {}, 'RECEIVER_FAILED', true],
] as const)('an answer of %i', async ([status, headers, code, retryable]) => {
  await using elsewhere = await recordingServer();
  await using server = await recordingServer((_request, response) =>
    response.writeHead(status, { ...headers, location: elsewhere.url }).end('why'),
  );
  const error = await failureOf(webhookReceiver(context, { url: new Secret(`${server.url}/s3cret`), maxAlerts: 1 }));
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).not.toContain('s3cret');
  expect(elsewhere.requests).toHaveLength(0);
  if (status === 429) expect(error).toMatchObject({ fields: { retryAfterMs: 7_000 } });
});

test('who does not answer is given up in time; who is not there is said to be', async () => {
  await using server = await recordingServer(() => undefined);
  const options = { url: new Secret(server.url), maxAlerts: 1 };
  expect(await failureOf(webhookReceiver({ ...context, timeoutMs: 200 }, options))).toMatchObject({
    code: 'RECEIVER_SILENT',
    retryable: true,
  });
  const gone = { url: new Secret(`${await closedUrl()}/s3cret`), maxAlerts: 1 };
  const error = await failureOf(webhookReceiver(context, gone));
  expect(error).toMatchObject({ code: 'RECEIVER_UNREACHABLE', retryable: true });
  expect(error.message).toContain('ECONNREFUSED');
  const end = new AbortController();
  const sending = webhookReceiver(context, options).send(notificationOf([notifiedAlert(1)]), end.signal);
  end.abort();
  await expect(sending).rejects.toMatchObject({ code: 'SEND_ABORTED' });
});

test('of 200 MB of answer a few KiB are read', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  let written = 0;
  await using server = await recordingServer((_request, response) => {
    const more = (): void => {
      while (written < 200 && !response.destroyed) {
        written++;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  await webhookReceiver(context, { url: new Secret(server.url), maxAlerts: 1 }).send(
    notificationOf([notifiedAlert(1)]),
    never,
  );
  expect(written).toBeLessThan(50);
});

async function failureOf(receiver: ReturnType<typeof webhookReceiver>) {
  return receiver.send(notificationOf([notifiedAlert(1)]), never).then(
    () => expect.fail('it was sent'),
    (error: unknown) => error as Error & { code: string },
  );
}
