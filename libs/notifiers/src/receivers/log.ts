import type { Logger } from '@omninode/service-kit';
import { fieldsOf } from './alert-fields.js';
import type { Receiver } from './receiver.js';
import { headlineOf, listedOf } from './text.js';

const levels = { info: 'info', warning: 'warn', critical: 'error' } as const;

/** Writes a line for each alert that is news, as loud as the alert is severe. It can not fail. */
export function logReceiver(log: Pick<Logger, 'info' | 'warn' | 'error'>): Receiver {
  return {
    async send(notification) {
      const { kind, groupKey } = notification;
      const { listed, further } = listedOf(notification);
      if (kind !== 'alerts')
        log.info('A summary of alerts.', { kind, group: groupKey, headline: headlineOf(notification), further });
      for (const alert of listed) {
        if (kind === 'alerts' && !alert.news) continue;
        if (alert.status === 'firing') log[levels[alert.severity]]('An alert fires.', fieldsOf(alert));
        else log.info('An alert has cleared.', fieldsOf(alert));
      }
    },
    close: () => undefined,
  };
}
