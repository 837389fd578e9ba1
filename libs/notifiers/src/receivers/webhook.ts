import type { Secret } from '@omninode/service-kit';
import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';
import { authorization, type Credentials } from './authorization.js';
import { post } from './post.js';
import type { Receiver, ReceiverContext } from './receiver.js';
import { headlineOf } from './text.js';

export interface WebhookOptions extends Credentials {
  readonly url: Secret;
  /** Alerts in one message; the others are counted in `truncatedAlerts`. */
  readonly maxAlerts: number;
}

/** Posts the body that an Alertmanager would, so that everything that takes its webhooks takes ours. */
export function webhookReceiver(context: ReceiverContext, options: WebhookOptions): Receiver {
  return {
    send: (notification, signal) =>
      post(
        context,
        {
          url: options.url,
          headers: { ...authorization(options), 'idempotency-key': notification.idempotencyKey },
          body: webhookBody(notification, { maxAlerts: options.maxAlerts, externalUrl: context.externalUrl }),
        },
        signal,
      ),
    close: () => undefined,
  };
}

/** Version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and template/template.go of Alertmanager. */
export function webhookBody(
  notification: Notification,
  { maxAlerts, externalUrl }: { readonly maxAlerts: number; readonly externalUrl: string | undefined },
) {
  const { receiver, status, groupKey, groupLabels, kind, furtherAlerts } = notification;
  const alerts = notification.alerts.slice(0, maxAlerts);
  const commonAnnotations = commonOf(notification.alerts.map(({ annotations }) => annotations));
  return {
    version: '4',
    groupKey,
    truncatedAlerts: notification.alerts.length - alerts.length + furtherAlerts,
    receiver,
    status,
    groupLabels,
    commonLabels: commonOf(notification.alerts.map(({ labels }) => labels)),
    commonAnnotations: isSummary(kind)
      ? { ...commonAnnotations, summary: headlineOf(notification) }
      : commonAnnotations,
    externalURL: externalUrl ?? '',
    alerts: alerts.map((alert) => alertBody(alert, externalUrl)),
  };
}

function alertBody(alert: NotifiedAlert, externalUrl: string | undefined) {
  const { status, labels, annotations, startsAtMs, endsAtMs, fingerprint } = alert;
  return {
    status,
    labels,
    annotations,
    startsAt: new Date(startsAtMs).toISOString(),
    // What has not ended has Go's zero time there.
    endsAt: endsAtMs === undefined ? '0001-01-01T00:00:00Z' : new Date(endsAtMs).toISOString(),
    generatorURL: externalUrl === undefined ? '' : `${externalUrl}/api/v1/alerts/${fingerprint}/explain`,
    fingerprint,
  };
}

/** Where no single alert speaks for all, the message has a summary of its own. */
function isSummary(kind: Notification['kind']): boolean {
  return kind === 'missed' || kind === 'storm' || kind === 'test';
}

function commonOf(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((other) => other[name] === value)),
  );
}
