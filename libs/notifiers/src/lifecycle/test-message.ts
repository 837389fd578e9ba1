import { message } from './messages.js';
import type { Notification } from './notification.js';

/** A message that asks nobody to do anything, to see that a receiver is reached. It ends at once. */
export function testMessage(receiver: string, nowMs: number): Notification {
  const summary = 'This is a test of OmniNode Mesh. Nothing is wrong, and nothing is to be done.';
  const test = {
    fingerprint: '0000000000000000',
    status: 'resolved' as const,
    severity: 'info' as const,
    labels: { alertname: 'OmniNodeTest', receiver, severity: 'info' },
    annotations: { summary },
    startsAtMs: nowMs,
    endsAtMs: nowMs,
    isFlapping: false,
  };
  return message({ kind: 'test', receiver, groupKey: '{}/test', groupLabels: {}, alerts: [test], seed: nowMs });
}
