import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.js';
import { never } from '../testing/scripted-reader.js';
import { withDeadline } from './deadline.js';

const parts = (clock: ManualClock, signal = new AbortController().signal) => ({
  clock,
  deadlineMs: 100,
  signal,
  onTimeout: () => new Error('too late'),
});

test('work that does not heed its signal is left behind at the deadline, and the signal tells it', async () => {
  const clock = new ManualClock();
  let told: unknown;
  const work = withDeadline((signal) => {
    signal.addEventListener('abort', () => (told = signal.reason));
    return never();
  }, parts(clock));
  const failed = expect(work).rejects.toThrow('too late');
  await clock.advance(99);
  expect(told).toBeUndefined();
  await clock.advance(1);
  await failed;
  expect(told).toEqual(new Error('too late'));
});

test('an abort ends the wait at once', async () => {
  const end = new AbortController();
  const work = withDeadline(never, parts(new ManualClock(), end.signal));
  end.abort(new Error('stopped'));
  await expect(work).rejects.toThrow('stopped');
  await expect(withDeadline(never, parts(new ManualClock(), end.signal))).rejects.toThrow('stopped');
});

test('the work’s own end comes through, and no timer stays', async () => {
  const clock = new ManualClock();
  await expect(withDeadline(async () => 7, parts(clock))).resolves.toBe(7);
  await expect(withDeadline(() => Promise.reject(new Error('own')), parts(clock))).rejects.toThrow('own');
  await clock.advance(1_000);
});
