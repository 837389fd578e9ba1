import { Secret } from '@omninode/service-kit';
import { expect, test } from 'vitest';
import type { Notification } from '../lifecycle/notification.js';
import { testMessage } from '../lifecycle/test-message.js';
import { hostile, notificationOf, notifiedAlert, startsAtMs } from '../testing/notifications.js';
import { recordingServer, type Recorded, type RecordingServer } from '../testing/recording-server.js';
import { pagerdutyReceiver } from './pagerduty.js';
import { slackReceiver } from './slack.js';

const context = { name: 'ops', timeoutMs: 1_000, externalUrl: 'https://mesh.example.com', nowMs: () => startsAtMs };
const never = new AbortController().signal;
const routingKey = new Secret('0123456789abcdef0123456789abcdef');

/**
 * Slack's incoming webhook by its documentation: `ok`, or 400 `invalid_payload`, `no_text`, `invalid_blocks`.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 * Limits of blocks: https://docs.slack.dev/reference/block-kit/blocks
 */
const slack: RecordingServer['answer'] = ({ json }, response) => {
  const { text, blocks } = json as { text?: string; blocks?: { type: string; text?: { text: string } }[] };
  const most: Record<string, number> = { header: 150, section: 3_000, context: Infinity };
  const fits = blocks?.every(({ type, text: inner }) => (inner?.text.length ?? 0) <= (most[type] ?? -1));
  if (!text) return void response.writeHead(400).end('no_text');
  if (!blocks || blocks.length > 50 || !fits) return void response.writeHead(400).end('invalid_blocks');
  response.end('ok');
};

/**
 * PagerDuty's events API v2 by its documentation: 202 with the dedup key, or 400 with what is wrong.
 * https://developer.pagerduty.com/docs/send-alert-event and https://developer.pagerduty.com/docs/send-change-event
 */
const pagerduty: RecordingServer['answer'] = ({ path, json }, response) => {
  const event = json as {
    routing_key?: string;
    event_action?: string;
    dedup_key?: string;
    payload?: Record<string, unknown>;
  };
  const errors = path === '/v2/change/enqueue' ? [] : alertErrors(event);
  if (event.routing_key?.length !== 32) errors.push("'routing_key' must be a string of length 32");
  if (event.payload && String(event.payload.summary).length > 1_024) errors.push("'payload.summary' is too long");
  if (errors.length > 0)
    return void response
      .writeHead(400)
      .end(JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }));
  response
    .writeHead(202)
    .end(JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key }));
};

test('Slack takes it, and nothing that a target says is markup', async () => {
  await using server = await recordingServer(slack);
  const receiver = slackReceiver(context, { url: new Secret(server.url) });
  const alerts = Array.from({ length: 60 }, (_, n) => hostileAlert(n));
  await receiver.send(notificationOf(alerts, { groupLabels: { target: hostile } }), never);
  await receiver.send(testMessage('ops', startsAtMs), never);
  expect(server.requests).toHaveLength(2);
  const { blocks, ...rest } = server.requests[0]!.json as { blocks: { type: string }[] };
  // A header is plain text to Slack: nothing in it is read as markup.
  const text = JSON.stringify({ ...rest, blocks: blocks.filter(({ type }) => type !== 'header') });
  expect(text).toContain('and 40 more');
  expect(text).not.toContain('<script');
  expect(text).not.toContain('<!channel');
  expect(text).not.toMatch(/[^\u200b]\*bold/);
  expect(text).toContain('<https://runbooks.example.com/pool|Runbook>');
});

test('a runbook link that would end Slack\u2019s own form is left out', async () => {
  await using server = await recordingServer(slack);
  const annotations = { runbook_url: 'https://x.example.com/|a> <!channel' };
  await slackReceiver(context, { url: new Secret(server.url) }).send(
    notificationOf([notifiedAlert(1, { annotations })]),
    never,
  );
  expect(server.requests[0]!.text).not.toContain('<!channel');
});

test('PagerDuty: an incident for each alert that is news, resolved by the same key', async () => {
  const events = await sentToPagerDuty([
    notificationOf([notifiedAlert(1), notifiedAlert(2, { severity: 'warning' }), withoutNews(3)]),
    notificationOf([notifiedAlert(1, { status: 'resolved', news: 'resolved', endsAtMs: startsAtMs + 1 })]),
  ]);
  expect(events.map(({ json }) => json)).toMatchObject([
    {
      event_action: 'trigger',
      dedup_key: '0000000000000001',
      payload: { severity: 'critical', source: 'db-1', class: 'PoolExhausted' },
    },
    { event_action: 'trigger', dedup_key: '0000000000000002', payload: { severity: 'warning' } },
    { event_action: 'resolve', dedup_key: '0000000000000001' },
  ]);
});

test('PagerDuty: a storm is one incident that ends with it, what was missed is a change event, a test wakes nobody', async () => {
  const storm = notificationOf(
    Array.from({ length: 40 }, (_, n) => notifiedAlert(n)),
    { kind: 'storm' },
  );
  const over = notificationOf([], { kind: 'storm', status: 'resolved' });
  const missed = notificationOf([notifiedAlert(1, { status: 'resolved' })], { kind: 'missed', furtherAlerts: 4 });
  const events = await sentToPagerDuty([storm, over, missed, testMessage('ops', startsAtMs)]);
  expect(events.map(({ path, json }) => [path, (json as { event_action?: string }).event_action])).toEqual([
    ['/v2/enqueue', 'trigger'],
    ['/v2/enqueue', 'resolve'],
    ['/v2/change/enqueue', undefined],
    ['/v2/enqueue', 'resolve'],
    ['/v2/enqueue', 'resolve'],
  ]);
  expect(events[0]?.json).toMatchObject({
    dedup_key: 'omninode-storm/ops',
    payload: { summary: 'Many alerts at once: 40 more alerts firing, 0 resolved' },
  });
});

test('PagerDuty: after a 429 in the middle the rest is sent, not all of it again', async () => {
  let asked = 0;
  await using server = await recordingServer((request, response) =>
    ++asked === 3 ? response.writeHead(429).end() : pagerduty(request, response),
  );
  const receiver = pagerdutyReceiver(context, { url: new Secret(server.url), routingKey });
  const notification = notificationOf([1, 2, 3, 4].map((n) => notifiedAlert(n)));
  await expect(receiver.send(notification, never)).rejects.toMatchObject({ code: 'RECEIVER_BUSY' });
  await receiver.send(notification, never);
  expect(server.requests.map(({ json }) => Number((json as { dedup_key: string }).dedup_key))).toEqual([1, 2, 3, 3, 4]);
});

async function sentToPagerDuty(notifications: readonly Notification[]): Promise<Recorded[]> {
  await using server = await recordingServer(pagerduty);
  const receiver = pagerdutyReceiver(context, { url: new Secret(server.url), routingKey });
  for (const notification of notifications) await receiver.send(notification, never);
  return server.requests;
}

function alertErrors({
  event_action: action,
  dedup_key: key,
  payload,
}: {
  event_action?: string;
  dedup_key?: string;
  payload?: Record<string, unknown>;
}): string[] {
  if (action === 'resolve' || action === 'acknowledge') return key ? [] : ["'dedup_key' is missing"];
  const errors = action === 'trigger' ? [] : ["'event_action' is invalid"];
  for (const name of ['summary', 'source', 'severity'])
    if (!payload?.[name]) errors.push(`'payload.${name}' is missing or blank`);
  if (!['critical', 'error', 'warning', 'info'].includes(String(payload?.severity)))
    errors.push("'payload.severity' is invalid");
  if (key !== undefined && key.length > 255) errors.push("'dedup_key' is too long");
  return errors;
}

function hostileAlert(n: number) {
  return notifiedAlert(n, {
    labels: { alertname: hostile, target: hostile.repeat(20), severity: 'critical' },
    annotations: { summary: hostile.repeat(100), runbook_url: 'https://runbooks.example.com/pool' },
  });
}

function withoutNews(n: number) {
  const { news: _news, ...alert } = notifiedAlert(n);
  return alert;
}
