import { expect, test } from 'vitest';
import { testMessage } from '../lifecycle/test-message.js';
import { logReceiver } from './log.js';

const signal = new AbortController().signal;

test.each([
  ['info', 'info'],
  ['warning', 'warn'],
  ['critical', 'error'],
] as const)('an alert of severity %s is as loud as %s; its end is info', async (severity, level) => {
  const said: string[] = [];
  const say = (name: string) => (sentence: string) => void said.push(`${name} ${sentence}`);
  const receiver = logReceiver({ info: say('info'), warn: say('warn'), error: say('error') });
  const message = testMessage('log', Date.UTC(2026, 10, 24));
  const [alert] = message.alerts;
  await receiver.send(
    { ...message, kind: 'alerts', alerts: [{ ...alert!, status: 'firing', severity, news: 'fired' }] },
    signal,
  );
  const cleared = { ...alert!, severity, status: 'resolved', news: 'resolved' } as const;
  await receiver.send({ ...message, kind: 'alerts', alerts: [cleared] }, signal);
  expect(said).toEqual([`${level} An alert fires.`, 'info An alert has cleared.']);
});
