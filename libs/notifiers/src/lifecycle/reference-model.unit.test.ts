import fc from 'fast-check';
import type { AlertRecord } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { alert } from '../testing/alerts.js';
import type { Notification } from './notification.js';
import { ReceiverState, type ReceiverSettings } from './receiver-state.js';
import { outboxForm } from './told.js';

/**
 * The model knows nothing of groups, waits or caps: it holds the newest record of each alert, and what was last said of it. Over
 * any course of events, with restarts in between, both must end with the same picture in the receiver's head, and nothing may be
 * said on the way that was not so or was known.
 */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fire' as const),
      n: fc.nat(7),
      severity: fc.constantFrom('warning' as const, 'critical' as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('clear' as const), n: fc.nat(7) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('away' as const), seconds: fc.integer({ min: 1, max: 60 }) }) },
);
const anySettings = fc.record({
  groupWaitMs: fc.constantFrom(0, 10_000),
  groupIntervalMs: fc.constantFrom(0, 60_000),
  groupBy: fc.constantFrom(['alertname'], ['target'], ['...']),
  stormCap: fc.constantFrom(2, 30),
});

test('any course of events: told once, never falsely, nothing forgotten', () => {
  fc.assert(
    fc.property(anySettings, fc.array(step, { maxLength: 60 }), (chosen, steps) => {
      const world = new World({
        name: 'x',
        matchers: [],
        repeatIntervalMs: 0,
        sendResolved: true,
        maxWaiting: 1_000,
        ...chosen,
      });
      for (const one of steps) world.do(one);
      world.settle();
      world.check();
    }),
    { numRuns: 400 },
  );
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

class World {
  readonly log: AlertRecord[] = [];
  readonly actual = new Map<string, AlertRecord>();
  /** What the receiver believes, from the messages alone. */
  readonly believed = new Map<string, { status: string; startsAtMs: number; severity: string }>();
  readonly sentAtMs: number[] = [];
  nowMs = 1_790_000_000_000;
  state: ReceiverState;

  constructor(private readonly settings: ReceiverSettings) {
    this.state = this.#make();
  }

  do(one: Step): void {
    if (one.do === 'fire') this.#fire(one.n, one.severity);
    if (one.do === 'clear') this.#clear(one.n);
    if (one.do === 'pass') this.#pass(one.seconds);
    if (one.do === 'away') this.nowMs += one.seconds * 1_000;
    if (one.do === 'restart') this.#restart();
    if (one.do !== 'away') this.#drain();
  }

  settle(): void {
    for (let minute = 0; minute < 40; minute++) this.#pass(60);
  }

  check(): void {
    for (const [fingerprint, { state, startsAt, severity }] of this.actual) {
      const belief = this.believed.get(fingerprint);
      if (state === 'firing') expect(belief).toMatchObject({ status: 'firing', startsAtMs: startsAt });
      else expect(belief?.status ?? 'resolved').toBe('resolved');
      if (state === 'firing' && severity === 'critical') expect(belief?.severity).toBe('critical');
    }
    for (const atMs of this.sentAtMs)
      expect(this.sentAtMs.filter((other) => other <= atMs && other > atMs - 60_000).length).toBeLessThanOrEqual(
        this.settings.stormCap + 1,
      );
  }

  #fire(n: number, severity: AlertRecord['severity']): void {
    const before = this.actual.get(alert(n).fingerprint);
    const startsAt = before?.state === 'firing' ? before.startsAt : ++this.nowMs;
    this.#write(alert(n, { severity, startsAt, time: this.nowMs }));
  }

  #clear(n: number): void {
    const before = this.actual.get(alert(n).fingerprint);
    if (before?.state !== 'firing') return;
    this.#write({ ...before, state: 'resolved', endsAt: ++this.nowMs, time: this.nowMs });
  }

  #write(record: AlertRecord): void {
    this.log.push(record);
    this.actual.set(record.fingerprint, record);
    this.state.take(record, { partition: 0, offset: this.log.length - 1, isBacklog: false }, this.nowMs);
  }

  #pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 5) {
      this.nowMs += 5_000;
      this.#drain();
    }
  }

  #restart(): void {
    const form = outboxForm.parse(JSON.parse(JSON.stringify(this.state.form())));
    this.state = this.#make();
    this.state.restore(form, this.nowMs);
    for (const [offset, record] of this.log.entries())
      this.state.take(record, { partition: 0, offset, isBacklog: true }, this.nowMs);
    this.state.caughtUp();
  }

  #drain(): void {
    for (let next = this.state.next(this.nowMs); next; next = this.state.next(this.nowMs)) {
      this.sentAtMs.push(this.nowMs);
      this.#hear(next);
      this.state.confirm(next, this.nowMs);
    }
  }

  #hear({ kind, alerts }: Notification): void {
    if (kind === 'missed') return;
    for (const { fingerprint, status, startsAtMs, severity, news, isFlapping } of alerts) {
      const belief = this.believed.get(fingerprint);
      const actual = this.actual.get(fingerprint)!;
      if (!isFlapping) expect(status).toBe(actual.state);
      if (news === 'fired')
        expect(belief?.status === 'firing' && belief.startsAtMs === startsAtMs, 'fired twice').toBe(false);
      if (news === 'escalated') expect(belief).toMatchObject({ status: 'firing', severity: 'warning' });
      if (status === 'resolved') expect(belief?.status, 'resolved what was not told').toBe('firing');
      if (news === undefined) expect(belief?.status).toBe('firing');
      this.believed.set(fingerprint, { status, startsAtMs, severity });
    }
  }

  #make(): ReceiverState {
    return new ReceiverState(this.settings, () => ({ silences: [], maintenance: [], inhibit: [] }));
  }
}
