import { Secret } from '@omninode/service-kit';
import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';
import { post } from './post.js';
import type { Receiver, ReceiverContext } from './receiver.js';
import { headlineOf, listedOf, sentenceOf } from './text.js';

export interface PagerDutyOptions {
  /** Where the events API is: https://events.pagerduty.com, or https://events.eu.pagerduty.com */
  readonly url: Secret;
  readonly routingKey: Secret;
}

/**
 * Events API v2: https://developer.pagerduty.com/docs/send-alert-event
 * An event for each alert that is news; `dedup_key` is its fingerprint, so that an event that comes twice changes nothing. What
 * was missed becomes a change event, which wakes nobody: https://developer.pagerduty.com/docs/send-change-event
 */
export function pagerdutyReceiver(context: ReceiverContext, { url, routingKey }: PagerDutyOptions): Receiver {
  /** Of the message under way: a try after a 429 goes on where the one before was stopped. */
  let accepted = { message: '', events: new Set<string>() };
  return {
    async send(notification, signal) {
      if (accepted.message !== notification.idempotencyKey)
        accepted = { message: notification.idempotencyKey, events: new Set() };
      for (const { path, key, body } of eventsOf(notification, context)) {
        if (accepted.events.has(key)) continue;
        await post(context, { url: eventsUrl(url, path), body: { ...body, routing_key: routingKey.reveal() } }, signal);
        accepted.events.add(key);
      }
    },
    close: () => undefined,
  };
}

interface PagerDutyEvent {
  readonly path: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The events of a notification, without the routing key. */
export function eventsOf(notification: Notification, context: ReceiverContext): PagerDutyEvent[] {
  const { kind, alerts, receiver } = notification;
  if (kind === 'missed') return [changeEvent(notification, context)];
  if (kind === 'storm' || kind === 'test')
    return [summaryEvent(notification, `omninode-${kind}/${receiver}`, context), ...resolvedOf(notification, context)];
  return alerts
    .filter(({ news }) => kind === 'reminder' || news !== undefined)
    .map((alert) => alertEvent(alert, context));
}

/** PagerDuty knows four severities; its `error` lies between ours. */
const severities = { info: 'info', warning: 'warning', critical: 'critical' } as const;

function alertEvent(alert: NotifiedAlert, context: ReceiverContext): PagerDutyEvent {
  const { fingerprint, status, severity, labels, annotations, startsAtMs } = alert;
  const key = `${fingerprint}/${startsAtMs}/${status}/${severity}`;
  if (status === 'resolved')
    return { path: '/v2/enqueue', key, body: { event_action: 'resolve', dedup_key: fingerprint } };
  const runbook = annotations.runbook_url;
  return {
    path: '/v2/enqueue',
    key,
    body: {
      event_action: 'trigger',
      dedup_key: fingerprint,
      ...clientOf(context),
      ...(runbook !== undefined && /^https?:\/\//.test(runbook) && { links: [{ href: runbook, text: 'Runbook' }] }),
      payload: {
        summary: `${labels.alertname ?? 'alert'}: ${sentenceOf(alert)}`.slice(0, 1_024),
        source: labels.target ?? labels.service_name ?? 'omninode-mesh',
        severity: severities[severity],
        timestamp: new Date(startsAtMs).toISOString(),
        class: labels.alertname ?? 'alert',
        custom_details: { ...labels, ...annotations },
      },
    },
  };
}

/** One incident that speaks for many alerts; it ends when the storm does. */
function summaryEvent(notification: Notification, dedupKey: string, context: ReceiverContext): PagerDutyEvent {
  const isOver = notification.status === 'resolved';
  const { listed, further } = listedOf(notification);
  return {
    path: '/v2/enqueue',
    key: dedupKey,
    body: {
      event_action: isOver ? 'resolve' : 'trigger',
      dedup_key: dedupKey,
      ...(!isOver && {
        ...clientOf(context),
        payload: {
          summary: headlineOf(notification),
          source: 'omninode-mesh',
          severity: notification.kind === 'test' ? 'info' : severities[listed[0]?.severity ?? 'info'],
          custom_details: { alerts: listed.map(sentenceOf), further },
        },
      }),
    },
  };
}

/** What a storm clears may have incidents of its own. */
function resolvedOf({ alerts }: Notification, context: ReceiverContext): PagerDutyEvent[] {
  return alerts.filter(({ status }) => status === 'resolved').map((alert) => alertEvent(alert, context));
}

function changeEvent(notification: Notification, { nowMs }: ReceiverContext): PagerDutyEvent {
  const { listed, further } = listedOf(notification);
  const summary = headlineOf(notification);
  const payload = {
    summary,
    source: 'omninode-mesh',
    timestamp: new Date(nowMs()).toISOString(),
    custom_details: { alerts: listed.map(sentenceOf), further },
  };
  return { path: '/v2/change/enqueue', key: 'missed', body: { payload } };
}

function clientOf({ externalUrl }: ReceiverContext): object {
  return { client: 'OmniNode Mesh', ...(externalUrl !== undefined && { client_url: externalUrl }) };
}

function eventsUrl(url: Secret, path: string): Secret {
  return new Secret(`${url.reveal().replace(/\/+$/, '')}${path}`);
}
