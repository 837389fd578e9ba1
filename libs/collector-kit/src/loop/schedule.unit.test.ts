import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { keepSchedule, phaseOf } from './schedule.js';

test('ticks almost at once, then at the phase in each interval, until it is aborted', async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  const ticks: number[] = [];
  const kept = keepSchedule({ clock, intervalMs: 10_000, phase: 0.25, signal: end.signal }, () =>
    ticks.push(clock.elapsedMs()),
  );
  await clock.advance(35_000);
  expect(ticks).toEqual([250, 12_500, 22_500, 32_500]);
  end.abort();
  await kept;
  await clock.advance(20_000);
  expect(ticks).toHaveLength(4);
});

test('the gap after the first tick is neither much shorter nor longer than an interval', async () => {
  for (const phase of [0, 0.01, 0.4, 0.6, 0.99]) {
    const clock = new ManualClock();
    const end = new AbortController();
    const ticks: number[] = [];
    void keepSchedule({ clock, intervalMs: 1_000, phase, signal: end.signal }, () => ticks.push(clock.elapsedMs()));
    await clock.advance(4_000);
    end.abort();
    const [first = 0, second = 0, third = 0] = ticks;
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(second - first).toBeLessThanOrEqual(1_500);
    expect(third - second).toBe(1_000);
  }
});

test('ticks that a suspended process missed are not made up for', async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  const ticks: number[] = [];
  let suspendMs = 0;
  const suspendable = {
    ...clock,
    elapsedMs: () => clock.elapsedMs() + suspendMs,
    wait: (ms: number, signal?: AbortSignal) => clock.wait(ms, signal),
    nowMs: () => 0,
    random: () => 0,
  };
  void keepSchedule({ clock: suspendable, intervalMs: 1_000, phase: 0, signal: end.signal }, () => {
    ticks.push(suspendable.elapsedMs());
    if (ticks.length === 2) suspendMs = 7_300;
  });
  await clock.advance(3_000);
  end.abort();
  expect(ticks).toEqual([0, 1_000, 9_000, 10_000]);
});

test('a timer that ends a little early gives one tick, not two', async () => {
  const clock = new ManualClock();
  const end = new AbortController();
  const ticks: number[] = [];
  const hasty = {
    nowMs: () => 0,
    random: () => 0,
    elapsedMs: () => clock.elapsedMs(),
    wait: (ms: number, signal?: AbortSignal) => clock.wait(Math.max(0, ms - 1), signal),
  };
  void keepSchedule({ clock: hasty, intervalMs: 1_000, phase: 0, signal: end.signal }, () =>
    ticks.push(clock.elapsedMs()),
  );
  await clock.advance(3_500);
  end.abort();
  expect(ticks).toEqual([0, 999, 1_999, 2_999]);
});

test('targets are spread over the interval, each lane by itself', () => {
  const phases = Array.from({ length: 1_000 }, (_, at) => phaseOf(`target-${at}`, 'fast'));
  for (let tenth = 0; tenth < 10; tenth++) {
    const here = phases.filter((phase) => Math.floor(phase * 10) === tenth).length;
    expect(here).toBeGreaterThan(60);
    expect(here).toBeLessThan(140);
  }
  expect(phaseOf('a', 'fast')).not.toBe(phaseOf('a', 'slow'));
});
