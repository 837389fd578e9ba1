import type { Logger } from '@omninode/service-kit';
import type { ReceiverSettings } from './lifecycle/receiver-state.js';
import type { ReceiverConfig } from './receiver.config.js';
import { alertmanagerReceiver } from './receivers/alertmanager.js';
import { emailReceiver } from './receivers/email.js';
import { logReceiver } from './receivers/log.js';
import { pagerdutyReceiver } from './receivers/pagerduty.js';
import type { Receiver } from './receivers/receiver.js';
import { slackReceiver } from './receivers/slack.js';
import { webhookReceiver } from './receivers/webhook.js';

export interface ReceiverParts {
  readonly name: string;
  readonly config: ReceiverConfig;
  readonly externalUrl: string | undefined;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  nowMs(): number;
}

/** The receiver that a configuration describes. */
export function makeReceiver({ name, config, externalUrl, log, nowMs }: ReceiverParts): Receiver {
  const context = { name, timeoutMs: config.timeout, externalUrl: externalUrl?.replace(/\/+$/, ''), nowMs };
  switch (config.type) {
    case 'log':
      return logReceiver(log);
    case 'webhook':
      return webhookReceiver(context, config);
    case 'alertmanager': {
      const onFailure = (error: unknown) =>
        log.warn('An Alertmanager did not take everything.', { receiver: name, error });
      return alertmanagerReceiver(context, { ...config, resendMs: config.resend, onFailure });
    }
    case 'slack':
      return slackReceiver(context, config);
    case 'email':
      return emailReceiver(context, config);
    case 'pagerduty':
      return pagerdutyReceiver(context, config);
  }
}

/** Of what clears while a receiver is away, so much is kept. */
const maxWaiting = 10_000;

/** How its messages are made. */
export function settingsOf(name: string, config: ReceiverConfig): ReceiverSettings {
  const { matchers, groupBy, groupWait, groupInterval, repeatInterval, sendResolved, stormCap } = config;
  return {
    name,
    matchers,
    groupBy,
    groupWaitMs: groupWait,
    groupIntervalMs: groupInterval,
    repeatIntervalMs: repeatInterval,
    sendResolved,
    stormCap,
    maxWaiting,
  };
}
