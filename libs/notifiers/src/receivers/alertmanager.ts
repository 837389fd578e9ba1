import { Secret } from '@omninode/service-kit';
import { errorCode } from '@omninode/contracts';
import type { NotifiedAlert, Notification } from '../lifecycle/notification.js';
import { authorization, type Credentials } from './authorization.js';
import { post } from './post.js';
import type { Receiver, ReceiverContext } from './receiver.js';

export interface AlertmanagerOptions extends Credentials {
  /** Of every Alertmanager of the cluster: they do not tell each other of alerts. */
  readonly urls: readonly Secret[];
  /** Everything is sent anew so often, ms. */
  readonly resendMs: number;
  /** Told of an Alertmanager that did not take what another one took. */
  onFailure(error: unknown): void;
}

/** In one request; Prometheus sends as many (notifier.max-batch-size is 256). */
const mostInOneRequest = 256;

/**
 * Posts to the API v2 of each Alertmanager: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 * What fires ends by itself after four times the interval, should we be gone. Succeeds when one of them took everything: the
 * others get it with the next resend.
 */
export function alertmanagerReceiver(context: ReceiverContext, options: AlertmanagerOptions): Receiver {
  return {
    async send(notification, signal) {
      const bodies = bodiesOf(notification, context, options);
      const outcomes = await Promise.allSettled(options.urls.map((url) => sendTo(url, bodies, signal)));
      const failures = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
      );
      if (failures.length === options.urls.length) throw failures[0];
      for (const failure of failures) options.onFailure(failure);
    },
    close: () => undefined,
  };

  async function sendTo(url: Secret, bodies: readonly object[], signal: AbortSignal): Promise<void> {
    let lastRefusal: unknown;
    for (let at = 0; at < bodies.length; at += mostInOneRequest) {
      const refused = await sendHalves(url, bodies.slice(at, at + mostInOneRequest), signal);
      lastRefusal ??= refused;
    }
    // The others are in; one that is refused must not keep them from being resent, so it is only told.
    if (lastRefusal !== undefined) options.onFailure(lastRefusal);
  }

  /** A 400 may be for one of them: halves are tried until it stands alone. Resolves to its error; anything else rejects. */
  async function sendHalves(url: Secret, bodies: readonly object[], signal: AbortSignal): Promise<unknown> {
    try {
      await post(context, { url: alertsUrl(url), headers: authorization(options), body: bodies }, signal);
      return undefined;
    } catch (error) {
      if (errorCode(error) !== 'RECEIVER_REFUSED') throw error;
      if (bodies.length === 1) return error;
      const middle = bodies.length >> 1;
      const first = await sendHalves(url, bodies.slice(0, middle), signal);
      return (await sendHalves(url, bodies.slice(middle), signal)) ?? first;
    }
  }
}

/** Names of labels that every version takes; since 0.27 it may take more. */
const nameForm = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function bodiesOf(notification: Notification, context: ReceiverContext, { resendMs }: AlertmanagerOptions): object[] {
  const untilMs = context.nowMs() + 4 * resendMs;
  return notification.alerts.flatMap((alert) => {
    const labels = fit(alert.labels);
    // One without labels is refused, and everything that comes with it.
    return Object.keys(labels).length === 0 ? [] : [bodyOf(alert, labels, context, alert.endsAtMs ?? untilMs)];
  });
}

/** Nothing that differs between our replicas: what another one sends replaces it. */
function bodyOf(alert: NotifiedAlert, labels: object, { externalUrl }: ReceiverContext, endsAtMs: number): object {
  return {
    labels,
    annotations: fit(alert.annotations),
    startsAt: new Date(alert.startsAtMs).toISOString(),
    endsAt: new Date(endsAtMs).toISOString(),
    ...(externalUrl !== undefined && { generatorURL: `${externalUrl}/api/v1/alerts/${alert.fingerprint}/explain` }),
  };
}

function fit(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([name, value]) => nameForm.test(name) && value !== ''));
}

function alertsUrl(url: Secret): Secret {
  return new Secret(`${url.reveal().replace(/\/+$/, '')}/api/v2/alerts`);
}
