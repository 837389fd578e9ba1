import type { AlertRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { alert } from '../testing/alerts.js';
import type { MuteRules } from './mutes.js';
import type { Notification } from './notification.js';
import { parseMatcher, type Matcher } from './matcher.js';
import { ReceiverState, type ReceiverSettings } from './receiver-state.js';
import { readSilence } from './silence.js';

const t0 = 1_790_000_000_000;
const second = 1_000;
const minute = 60_000;

test('an alert is told once, and told as resolved once', () => {
  const receiver = make();
  receiver.take(alert(1), t0);
  expect(said(receiver.drain(t0))).toEqual([['alerts', 'firing', ['1 fired']]]);
  receiver.take(alert(1), t0 + second);
  expect(receiver.drain(t0 + second)).toEqual([]);
  receiver.take(alert(1, { state: 'resolved', time: t0 + 2 * second }), t0 + 2 * second);
  expect(said(receiver.drain(t0 + 2 * minute))).toEqual([['alerts', 'resolved', ['1 resolved']]]);
  expect(receiver.drain(t0 + 20 * minute)).toEqual([]);
});

test('groupWait gathers, groupInterval holds back what is no worse, and lets through what is', () => {
  const receiver = make({ groupWaitMs: 10 * second, groupIntervalMs: 5 * minute });
  receiver.take(alert(1), t0);
  receiver.take(alert(2), t0 + 5 * second);
  expect(receiver.drain(t0 + 9 * second)).toEqual([]);
  expect(said(receiver.drain(t0 + 10 * second))).toEqual([['alerts', 'firing', ['1 fired', '2 fired']]]);
  receiver.take(alert(3), t0 + minute);
  expect(receiver.drain(t0 + 2 * minute)).toEqual([]);
  expect(said(receiver.drain(t0 + 10 * second + 5 * minute))).toEqual([['alerts', 'firing', ['1', '2', '3 fired']]]);
  receiver.take(alert(4, { severity: 'critical' }), t0 + 6 * minute);
  expect(receiver.drain(t0 + 6 * minute)).toEqual([]);
  expect(said(receiver.drain(t0 + 6 * minute + 10 * second))[0]?.[2]).toContain('4 fired');
});

test('a rise of the severity is told without a resolve; a fall and a rise back are not', () => {
  const receiver = make();
  receiver.take(alert(1), t0);
  receiver.drain(t0);
  receiver.take(alert(1, { severity: 'critical', time: t0 + second }), t0 + second);
  expect(said(receiver.drain(t0 + second))).toEqual([['alerts', 'firing', ['1 escalated']]]);
  receiver.take(alert(1, { severity: 'warning', time: t0 + 2 * second }), t0 + 2 * second);
  receiver.take(alert(1, { severity: 'critical', time: t0 + 3 * second }), t0 + 3 * second);
  expect(receiver.drain(t0 + 3 * second)).toEqual([]);
});

test('what still fires is told again after repeatInterval, under another idempotency key', () => {
  const receiver = make({ repeatIntervalMs: 60 * minute });
  receiver.take(alert(1), t0);
  const [first] = receiver.drain(t0);
  expect(receiver.drain(t0 + 59 * minute)).toEqual([]);
  const [reminder] = receiver.drain(t0 + 60 * minute);
  expect(reminder?.kind).toBe('reminder');
  expect(reminder?.idempotencyKey).not.toBe(first?.idempotencyKey);
});

test('resolved is told only of what was told as firing: what a silence hid ends in silence', () => {
  const silence = { ...noSilence, matchers: ['target=db-1'], startsAtMs: t0, endsAtMs: t0 + 60 * minute };
  const receiver = make({}, { silences: [readSilence(silence)!] });
  receiver.take(alert(1), t0);
  receiver.take(alert(2), t0);
  expect(said(receiver.drain(t0))).toEqual([['alerts', 'firing', ['2 fired']]]);
  receiver.take(alert(1, { state: 'resolved', time: t0 + second }), t0 + second);
  expect(receiver.drain(t0 + 10 * minute)).toEqual([]);
});

test('what still fires when a silence ends is told then; what was told before a silence is told as resolved within it', () => {
  const silence = {
    ...noSilence,
    matchers: ['alertname=~Pool.*'],
    startsAtMs: t0 + minute,
    endsAtMs: t0 + 10 * minute,
  };
  const receiver = make({}, { silences: [readSilence(silence)!] });
  receiver.take(alert(1), t0);
  receiver.drain(t0);
  receiver.take(alert(2, { startsAt: t0 + 2 * minute }), t0 + 2 * minute);
  receiver.take(alert(1, { state: 'resolved', time: t0 + 3 * minute }), t0 + 3 * minute);
  expect(said(receiver.drain(t0 + 3 * minute))).toEqual([['alerts', 'resolved', ['1 resolved']]]);
  expect(said(receiver.drain(t0 + 10 * minute))).toEqual([['alerts', 'firing', ['2 fired']]]);
});

test('a firing alert inhibits those that agree with it, its own kind excepted, until it clears', () => {
  const inhibit = [
    { source: matchers('severity=critical'), target: matchers('severity=~warning|info'), equal: ['target'] },
  ];
  const receiver = make({}, { inhibit });
  const down = alert(9, { name: 'Down', severity: 'critical', labels: { target: 'db-1' } });
  receiver.take(down, t0);
  receiver.take(alert(1), t0);
  receiver.take(alert(2), t0);
  expect(said(receiver.drain(t0)).flatMap(([, , alerts]) => alerts)).toEqual(['9 fired', '2 fired']);
  receiver.take({ ...down, state: 'resolved', endsAt: t0 + second, time: t0 + second }, t0 + second);
  expect(said(receiver.drain(t0 + 5 * minute)).flatMap(([, , alerts]) => alerts)).toEqual(
    expect.arrayContaining(['9 resolved', '1 fired']),
  );
});

test('an alert that depends on another keeps quiet while that one fires for the same target', () => {
  const receiver = make();
  receiver.take(alert(9, { name: 'Down', labels: { target: 'db-1' } }), t0);
  receiver.take(alert(1, { annotations: { depends_on: 'Down, Gone' } }), t0);
  receiver.take(alert(2, { annotations: { depends_on: 'Down' } }), t0);
  expect(said(receiver.drain(t0)).flatMap(([, , alerts]) => alerts)).toEqual(['9 fired', '2 fired']);
});

test('above the cap one summary counts the rest, and its end is told', () => {
  const receiver = make({ stormCap: 3, groupBy: ['target'] });
  for (let n = 1; n <= 50; n++) receiver.take(alert(n, n === 40 ? { severity: 'critical' } : {}), t0);
  const sent = receiver.drain(t0);
  expect(sent.map(({ kind, alerts }) => [kind, alerts.length])).toEqual([
    ['alerts', 1],
    ['alerts', 1],
    ['alerts', 1],
    ['storm', 47],
  ]);
  expect(said(sent)[0]?.[2]).toEqual(['28 fired']);
  for (let n = 1; n <= 50; n++) receiver.take(alert(n, { state: 'resolved', time: t0 + minute }), t0 + minute);
  const later = receiver.drain(t0 + 5 * minute);
  expect(later.map(({ kind, alerts }) => [kind, alerts.length])).toEqual([
    ['alerts', 1],
    ['alerts', 1],
    ['alerts', 1],
    ['storm', 47],
  ]);
  expect(receiver.drain(t0 + 7 * minute).map(({ kind, status, alerts }) => [kind, status, alerts.length])).toEqual([
    ['storm', 'resolved', 0],
  ]);
});

test('what flaps is told as firing until it is calm, then as what it is', () => {
  const receiver = make();
  const sent: Notification[] = [];
  for (let nth = 0; nth < 20; nth++) {
    const atMs = t0 + nth * 30 * second;
    const startsAt = t0 + Math.floor(nth / 2) * minute;
    receiver.take(alert(1, { state: nth % 2 ? 'resolved' : 'firing', startsAt, time: atMs }), atMs);
    sent.push(...receiver.drain(atMs));
  }
  expect(sent.length).toBeLessThan(8);
  expect(sent.at(-1)?.alerts[0]?.status).toBe('firing');
  expect(said(receiver.drain(t0 + 30 * minute))).toEqual([['alerts', 'resolved', ['1 resolved']]]);
});

test('a backlog: what cleared in it comes as one summary, what still fires as a page', () => {
  const receiver = make({ groupBy: ['target'] });
  for (let n = 1; n <= 300; n++) {
    receiver.take(alert(n), t0, { isBacklog: true });
    receiver.take(alert(n, { state: 'resolved', time: t0 + second }), t0, { isBacklog: true });
  }
  receiver.take(alert(301, { severity: 'critical' }), t0, { isBacklog: true });
  receiver.state.caughtUp();
  expect(said(receiver.drain(t0))).toEqual([['alerts', 'firing', ['12d fired']]]);
  const [summary, ...more] = receiver.drain(t0 + minute);
  expect(more).toEqual([]);
  expect(summary).toMatchObject({ kind: 'missed', status: 'resolved', furtherAlerts: 200 });
  expect(summary?.alerts).toHaveLength(100);
});

test('a replay read live: cleared within it is a summary, still firing after it is a page', () => {
  const receiver = make();
  receiver.take(alert(1, { replayed: true }), t0);
  receiver.take(alert(2, { replayed: true }), t0);
  expect(receiver.drain(t0)).toEqual([]);
  receiver.take(alert(1, { replayed: true, state: 'resolved', time: t0 + second }), t0 + 100);
  const sent = [...receiver.drain(t0 + 3 * second), ...receiver.drain(t0 + minute)];
  expect(said(sent)).toEqual([
    ['alerts', 'firing', ['2 fired']],
    ['missed', 'resolved', ['1']],
  ]);
});

test('what was replayed and is then told as news of now is a page at once', () => {
  const receiver = make();
  receiver.take(alert(1, { replayed: true }), t0);
  expect(receiver.drain(t0)).toEqual([]);
  receiver.take(alert(1), t0 + 100);
  expect(said(receiver.drain(t0 + 100))).toEqual([['alerts', 'firing', ['1 fired']]]);
});

test('what only pended is told to nobody, also not out of a backlog', () => {
  const receiver = make();
  receiver.take(alert(1, { state: 'pending' }), t0, { isBacklog: true });
  receiver.take(alert(1, { state: 'resolved', neverFired: true, time: t0 + second }), t0, { isBacklog: true });
  receiver.state.caughtUp();
  expect(receiver.drain(t0 + minute)).toEqual([]);
});

test('down for as long as an alert lived: a summary tells it; within groupWait nobody had to know', () => {
  const receiver = make({ groupWaitMs: 10 * second });
  receiver.take(alert(1), t0);
  receiver.state.next(t0);
  receiver.take(alert(1, { state: 'resolved', time: t0 + second }), t0 + second);
  expect(receiver.drain(t0 + minute)).toEqual([]);
  receiver.take(alert(2), t0 + minute);
  receiver.state.next(t0 + minute);
  expect(receiver.state.next(t0 + 2 * minute)?.kind).toBe('alerts');
  receiver.take(alert(2, { state: 'resolved', time: t0 + 3 * minute }), t0 + 3 * minute);
  expect(said(receiver.drain(t0 + 4 * minute))).toEqual([['missed', 'resolved', ['2']]]);
});

test('of what clears while the receiver is away the oldest is dropped and counted; what fires never is', () => {
  const receiver = make({ maxWaiting: 5 });
  for (let n = 1; n <= 10; n++) receiver.take(alert(n), t0);
  receiver.drain(t0);
  for (let n = 1; n <= 8; n++) receiver.take(alert(n, { state: 'resolved', time: t0 + n }), t0 + n);
  receiver.state.next(t0 + second);
  expect([receiver.state.takeDropped(), receiver.state.takeDropped()]).toEqual([5, 0]);
  expect(said(receiver.drain(t0 + minute))).toEqual([
    ['alerts', 'firing', ['9', 'a', '6 resolved', '7 resolved', '8 resolved']],
  ]);
});

test('an Alertmanager is told everything each time, muted or not once it was told, and the old severity ends', () => {
  let silences: MuteRules['silences'] = [];
  const receiver = make(
    {},
    {
      get silences() {
        return silences;
      },
    },
  );
  receiver.take(alert(1), t0);
  const first = receiver.state.mirror(t0);
  expect(first.hasNews).toBe(true);
  receiver.state.confirm(first, t0);
  silences = [
    readSilence({ ...noSilence, matchers: ['alertname=PoolExhausted'], startsAtMs: t0, endsAtMs: t0 + 60 * minute })!,
  ];
  receiver.take(alert(2), t0);
  const second_ = receiver.state.mirror(t0 + minute);
  expect(second_.alerts.map(({ fingerprint, status }) => [Number(fingerprint), status])).toEqual([[1, 'firing']]);
  receiver.take(alert(1, { severity: 'critical' }), t0 + minute);
  const third = receiver.state.mirror(t0 + minute);
  expect(third.alerts.map(({ status, labels }) => [status, labels.severity])).toEqual([
    ['firing', 'critical'],
    ['resolved', 'warning'],
  ]);
  receiver.state.confirm(third, t0 + minute);
  receiver.take(alert(1, { severity: 'critical', state: 'resolved', time: t0 + 2 * minute }), t0 + 2 * minute);
  receiver.state.confirm(receiver.state.mirror(t0 + 2 * minute), t0 + 2 * minute);
  expect(receiver.state.mirror(t0 + 16 * minute).alerts).toHaveLength(1);
  expect(receiver.state.mirror(t0 + 18 * minute).alerts).toHaveLength(0);
});

const noSilence = { id: 's', createdAtMs: t0, createdBy: 'ops', comment: 'x' };

function make(over: Partial<ReceiverSettings> = {}, mutes: Partial<MuteRules> = {}) {
  const settings: ReceiverSettings = {
    name: 'hook',
    matchers: [],
    groupBy: ['alertname'],
    groupWaitMs: 0,
    groupIntervalMs: minute,
    repeatIntervalMs: 0,
    sendResolved: true,
    stormCap: 30,
    maxWaiting: 10_000,
    ...over,
  };
  const state = new ReceiverState(settings, () => Object.assign({ silences: [], maintenance: [], inhibit: [] }, mutes));
  let offset = 0;
  return {
    state,
    take: (record: AlertRecord, nowMs: number, { isBacklog = false } = {}) =>
      state.take(record, { partition: 0, offset: offset++, isBacklog }, nowMs),
    drain(nowMs: number): Notification[] {
      const sent: Notification[] = [];
      for (let next = state.next(nowMs); next; next = state.next(nowMs)) {
        sent.push(next);
        state.confirm(next, nowMs);
      }
      return sent;
    },
  };
}

function said(sent: readonly Notification[]): [string, string, string[]][] {
  return sent.map(({ kind, status, alerts }) => [
    kind,
    status,
    alerts.map(({ fingerprint, news }) => `${fingerprint.replace(/^0+/, '')}${news ? ` ${news}` : ''}`),
  ]);
}

function matchers(...texts: string[]): Matcher[] {
  return texts.map((text) => (parseMatcher(text) as { matcher: Matcher }).matcher);
}
