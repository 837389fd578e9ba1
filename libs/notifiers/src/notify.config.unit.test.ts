import { expect, test } from 'vitest';
import { makeReceiver, settingsOf } from './make-receiver.js';
import { notifyConfig } from './notify.config.js';

const t0 = Date.parse('2026-11-24T09:30:00Z');

test('without a word the log tells of everything', () => {
  const { receivers, inhibit, maintenance } = notifyConfig.parse({});
  expect(settingsOf('log', receivers.log!)).toMatchObject({
    groupBy: ['alertname'],
    groupWaitMs: 5_000,
    groupIntervalMs: 60_000,
    repeatIntervalMs: 14_400_000,
    stormCap: 30,
  });
  expect([inhibit, maintenance]).toEqual([[], []]);
});

test('every type of receiver can be made, and shows no secret', () => {
  const secret = 's3cret-s3cret-s3cret-s3cret-s3cr';
  const receivers = {
    a: { type: 'log' },
    b: { type: 'webhook', url: `https://x.example.com/${secret}`, token: secret, matchers: ['severity=critical'] },
    c: { type: 'alertmanager', urls: ['http://am-1:9093', 'http://am-2:9093'] },
    d: { type: 'slack', url: `https://hooks.slack.com/services/${secret}` },
    e: {
      type: 'email',
      host: 'smtp.example.com',
      from: 'Mesh <mesh@example.com>',
      to: ['ops@example.com'],
      user: 'u',
      password: secret,
    },
    f: { type: 'pagerduty', routingKey: secret },
  };
  const config = notifyConfig.parse({ receivers });
  expect(JSON.stringify(config)).not.toContain(secret);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  for (const [name, receiver] of Object.entries(config.receivers))
    expect(makeReceiver({ name, config: receiver, externalUrl: undefined, log, nowMs: () => t0 })).toHaveProperty(
      'send',
    );
});

test.for([
  [{ receivers: { x: { type: 'webhook', url: 'ftp://x' } } }, 'http or https'],
  [{ receivers: { x: { type: 'log', matchers: ['severity'] } } }, 'is no matcher'],
  [{ receivers: { x: { type: 'log', matchers: ['target=~(a+)+'] } } }, 'for ever'],
  [{ receivers: { x: { type: 'email', host: 'h', from: 'a@b', to: ['x@y\r\nBcc: z@y'] } } }, 'match'],
  [{ maintenance: [{ name: 'x', matchers: ['a=b'], start: '2026-11-24T09:00:00Z' }] }, 'either start and end'],
  [
    { maintenance: [{ name: 'x', matchers: ['a=b'], start: '2026-11-24T09:00:00Z', end: '2026-11-24T09:00:00Z' }] },
    'ends before',
  ],
  [{ maintenance: [{ name: 'x', matchers: ['a=b'], weekdays: ['sun'], from: '22:00', to: '25:00' }] }, 'nvalid'],
  [
    {
      maintenance: [
        { name: 'x', matchers: ['a=b'], weekdays: ['sun'], from: '22:00', to: '23:00', timeZone: 'Mars/Base' },
      ],
    },
    'nvalid',
  ],
])('%j is refused', ([config, why]) => {
  const read = notifyConfig.safeParse(config);
  expect(read.success).toBe(false);
  expect(JSON.stringify(read.error?.issues)).toContain(why);
});

test('a weekly window over midnight, by the wall clock of its zone, through the end of summer time', () => {
  const window = {
    name: 'backup',
    matchers: ['target=db'],
    weekdays: ['sat'],
    from: '22:00',
    to: '04:00',
    timeZone: 'Europe/Zurich',
  };
  const [backup] = notifyConfig.parse({ maintenance: [window] }).maintenance;
  const isOpen = (text: string) => backup!.isOpen(Date.parse(text));
  // Saturday 24 October 2026; at 01:00 UTC on Sunday clocks go back from 03:00 to 02:00.
  expect(isOpen('2026-10-24T19:59:59Z')).toBe(false);
  expect(isOpen('2026-10-24T20:00:00Z')).toBe(true);
  expect(isOpen('2026-10-25T02:59:59Z')).toBe(true);
  expect(isOpen('2026-10-25T03:00:00Z')).toBe(false);
  expect(isOpen('2026-10-25T21:00:00Z')).toBe(false);
});

test('a window that is once', () => {
  const window = {
    name: 'move',
    matchers: ['target=db'],
    start: '2026-11-24T10:00:00+01:00',
    end: '2026-11-24T11:00:00+01:00',
  };
  const [move] = notifyConfig.parse({ maintenance: [window] }).maintenance;
  expect(
    ['08:59:59', '09:00:00', '09:59:59', '10:00:00'].map((time) => move!.isOpen(Date.parse(`2026-11-24T${time}Z`))),
  ).toEqual([false, true, true, false]);
});
