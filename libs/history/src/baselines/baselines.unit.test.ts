import type { AlertRecord, CounterRollup } from '@omninode/contracts';
import { rollupSubject } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { hourMs } from '../keeper/hours.js';
import { quantileOf } from '../sketch/quantile.js';
import { AlertIntervals } from './alert-intervals.js';
import { Baselines } from './baselines.js';
import { slotOf, slotsPerWeek, weekOf } from './hour-of-week.js';
import { allWeeks } from './slot.js';

const weekMs = 7 * 24 * hourMs;
/** A Monday, 00:00 UTC. */
const mondayMs = Date.UTC(2026, 10, 23);
const key = rollupSubject(growth(0, 1));

test('a week begins on Monday at midnight in UTC', () => {
  expect(slotOf(mondayMs)).toBe(0);
  expect(slotOf(mondayMs - 1)).toBe(slotsPerWeek - 1);
  expect(weekOf(mondayMs) - weekOf(mondayMs - 1)).toBe(1);
  expect(slotOf(mondayMs + 3 * 24 * hourMs + hourMs)).toBe(73);
});

test('three weeks of an hour are enough; until then it says how many there are', () => {
  const baselines = new Baselines({ series: 10, isAlerting: () => false });
  const weeks = () => baselines.usual(key, mondayMs, mondayMs + hourMs)?.weeks;
  expect(weeks()).toBeUndefined();
  for (let week = 0; week < 4; week++) {
    baselines.take(growth(week, 100));
    expect(weeks()).toBe(week + 1);
  }
  expect(baselines.usual(key, mondayMs, mondayMs + 2 * hourMs)?.weeks).toBe(0);
});

test('an hour that comes again takes the place of what it said before; one that is not closed says nothing', () => {
  const baselines = new Baselines({ series: 10, isAlerting: () => false });
  baselines.take({ ...growth(0, 7), closed: false });
  expect(baselines.series.size).toBe(0);
  baselines.take(growth(0, 10));
  baselines.take(growth(0, 1_000));
  const { weeks, sumOfMedians } = baselines.usual(key, mondayMs, mondayMs + hourMs)!;
  expect(weeks).toBe(1);
  expect(sumOfMedians / 1_000).toBeCloseTo(1, 1);
});

test('a week earlier counts 0.9 of a week', () => {
  const baselines = new Baselines({ series: 10, isAlerting: () => false });
  for (const week of [3, 0, 1]) baselines.take(growth(week, 10 ** (week + 1)));
  const slot = allWeeks(baselines.series.get(key)!.slots.get(0)!);
  const weights = slot.counts.filter((weight) => weight > 0);
  expect(weights).toEqual([0.9 ** 3, 0.9 ** 2, 1].map((weight) => expect.closeTo(weight, 10)));
});

test('an hour in which an alert of its entity fired teaches nothing, and is taken back when that is learnt later', () => {
  const alerts = new AlertIntervals();
  const baselines = new Baselines({ series: 10, isAlerting: (...of) => alerts.isAlerting(...of) });
  for (const week of [0, 1]) baselines.take(growth(week, 10));
  baselines.take(growth(2, 9_999));
  alerts.take(alert('firing', mondayMs + 2 * weekMs + 60_000));
  baselines.take(growth(2, 9_999));
  const { weeks, values } = baselines.usual(key, mondayMs, mondayMs + hourMs)!;
  expect(weeks).toBe(2);
  expect(quantileOf(values, 0.99)).toBeLessThan(11);
  alerts.take(alert('resolved', mondayMs + 2 * weekMs + 60_000, mondayMs + 2 * weekMs + 120_000));
  baselines.take(growth(3, 10));
  expect(baselines.usual(key, mondayMs, mondayMs + hourMs)?.weeks).toBe(3);
  expect(alerts.within(mondayMs + 2 * weekMs, mondayMs + 2 * weekMs + hourMs)).toHaveLength(1);
  expect(alerts.isAlerting('another', 0, Infinity)).toBe(false);
});

test('series beyond the cap have none, and are counted', () => {
  const baselines = new Baselines({ series: 1, isAlerting: () => false });
  baselines.take(growth(0, 1));
  baselines.take({ ...growth(0, 1), name: 'omninode_another_total' });
  expect([baselines.series.size, baselines.leftOut]).toEqual([1, 1]);
});

function growth(week: number, increase: number): CounterRollup {
  const hour = mondayMs + week * weekMs;
  const name = 'omninode_dead_letter_messages_total';
  return {
    v: 1,
    k: 'counter',
    entity: 'bus',
    hour,
    closed: true,
    name,
    unit: 'messages',
    labels: { target: 'bus' },
    increase,
  };
}

function alert(state: 'firing' | 'resolved', startsAt: number, endsAt?: number): AlertRecord {
  return {
    v: 1,
    fingerprint: '0123456789abcdef',
    name: 'DeadLetters',
    state,
    severity: 'warning',
    labels: { alertname: 'DeadLetters', target: 'bus' },
    annotations: { summary: 'Dead letters.' },
    startsAt,
    ...(endsAt !== undefined && { endsAt }),
    ruleVersion: 'a1',
    time: endsAt ?? startsAt,
  };
}
