import { breakerHealth } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { emptyWindow, fadedWindow } from './health-window.js';

const pass = (calls: object, times: object) => ({ calls, times });

test('at a steady rate it holds what happens in five minutes', () => {
  let window = emptyWindow;
  for (let at = 0; at < 400; at++)
    window = fadedWindow(
      window,
      10,
      pass({ success: 18, failure: 1, rejected: 1, ignored: 9 }, { closed: 9, open: 1 }),
    );
  expect(window.attempts).toBeCloseTo(20 * 30, -1.5);
  expect(window.lost / window.attempts).toBeCloseTo(0.1);
  expect(window.openSeconds / window.watchedSeconds).toBeCloseTo(0.1);
  expect(breakerHealth(window)).toBeCloseTo(0.9);
});

test('it forgets: half after 208 s, and what is left of a few calls is too little to judge by', () => {
  const window = fadedWindow(emptyWindow, 0, pass({ success: 39 }, {}));
  expect(fadedWindow(window, 207.944, pass({}, {})).attempts).toBeCloseTo(19.5);
  expect(breakerHealth(window)).toBe(1);
  expect(breakerHealth(fadedWindow(window, 207.944, pass({}, {})))).toBeUndefined();
});

test('time of which nobody knows the state is not watched', () => {
  expect(fadedWindow(emptyWindow, 10, pass({}, { unknown: 10 }))).toEqual(emptyWindow);
});
