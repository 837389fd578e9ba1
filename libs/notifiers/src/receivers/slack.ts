import type { Secret } from '@omninode/service-kit';
import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';
import { post } from './post.js';
import type { Receiver, ReceiverContext } from './receiver.js';
import { headlineOf, labelTextOf, listedOf, oneLine, sentenceOf } from './text.js';

export interface SlackOptions {
  /** The incoming webhook's address; whoever knows it can write into the channel. */
  readonly url: Secret;
}

/** Posts to an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackReceiver(context: ReceiverContext, { url }: SlackOptions): Receiver {
  return {
    send: (notification, signal) => post(context, { url, body: slackBody(notification, context.externalUrl) }, signal),
    close: () => undefined,
  };
}

/** Blocks for people; `text` for what shows no blocks, a notification on a phone above all. */
export function slackBody(notification: Notification, externalUrl: string | undefined): object {
  const headline = headlineOf(notification);
  const { listed, further } = listedOf(notification);
  return {
    text: escapeSlack(headline),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(headline, 150), emoji: false } },
      ...listed.map((alert) => ({ type: 'section', text: { type: 'mrkdwn', text: cut(textOf(alert), 2_900) } })),
      ...contextBlock(further, externalUrl),
    ],
  };
}

/** Slack reads `&`, `<` and `>`: https://docs.slack.dev/messaging/formatting-message-text#escaping. What else formats is set apart by a zero-width space. */
export function escapeSlack(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, '\u200b$&');
}

const marks = { info: ':information_source:', warning: ':warning:', critical: ':rotating_light:' } as const;

function textOf(alert: NotifiedAlert): string {
  const { status, severity, annotations, startsAtMs, endsAtMs, labels, isFlapping } = alert;
  const mark = status === 'resolved' ? ':white_check_mark:' : marks[severity];
  const lines = [
    `${mark} *${escapeSlack(oneLine(cut(labels.alertname ?? 'alert', 200)))}* ${isFlapping ? '(flapping) ' : ''}${escapeSlack(cut(sentenceOf(alert), 500))}`,
    escapeSlack(cut(labelTextOf(alert), 500)),
    `since ${slackTime(startsAtMs)}${endsAtMs === undefined ? '' : `, until ${slackTime(endsAtMs)}`}`,
  ];
  const runbook = annotations.runbook_url;
  if (runbook !== undefined && isLink(runbook)) lines.push(`<${runbook}|Runbook>`);
  return lines.join('\n');
}

/** Shown in the time zone of whoever reads; the text after `|` is for old clients. */
function slackTime(ms: number): string {
  return `<!date^${Math.floor(ms / 1_000)}^{date_short_pretty} {time_secs}|${new Date(ms).toISOString()}>`;
}

function contextBlock(further: number, externalUrl: string | undefined): object[] {
  const parts = [
    ...(further > 0 ? [`and ${further} more`] : []),
    ...(externalUrl !== undefined && isLink(externalUrl) ? [`<${externalUrl}|OmniNode Mesh>`] : []),
  ];
  return parts.length === 0 ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: parts.join(' · ') }] }];
}

/** A link that can not end Slack's own form of one. */
function isLink(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/.test(text);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}
