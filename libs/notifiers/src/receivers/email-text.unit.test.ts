import { expect, test } from 'vitest';
import { htmlOf } from './email-text.js';
import { slackBody } from './slack.js';
import type { Notification } from '../lifecycle/notification.js';

const evil = `<img src=x onerror=alert(1)>"'&<!channel>`;

test('whatever targets supply is text in an e-mail and in Slack', () => {
  const texts = { alertname: evil, target: evil, pool: evil };
  const alert = {
    fingerprint: '1',
    status: 'firing',
    severity: 'critical',
    labels: texts,
    annotations: { summary: evil, description: evil, runbook_url: `http://mesh/${evil}` },
    startsAtMs: 1_790_000_000_000,
    isFlapping: false,
  };
  const notification = { groupKey: evil, groupLabels: texts, status: 'firing', alerts: [alert], truncated: 0 };
  const mail = htmlOf(notification as unknown as Notification, `http://mesh/${evil}`);
  expect(mail).toContain('&lt;img');
  expect(mail).not.toMatch(/<img|<!channel/);
  expect(
    JSON.stringify(slackBody(notification as unknown as Notification, undefined)).replace(
      /"plain_text","text":"[^}]*/g,
      '',
    ),
  ).not.toMatch(/<img|<!channel/);
});
