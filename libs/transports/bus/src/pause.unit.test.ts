import { expect, test } from 'vitest';
import { growingPauseMs, pause } from './pause.js';

test('a pause doubles with each failed attempt and never exceeds 10 s', () => {
  expect([1, 2, 3, 4, 7, 8, 100].map(growingPauseMs)).toEqual([100, 200, 400, 800, 6_400, 10_000, 10_000]);
});

test('an abort ends a pause without an error, also one that came before', async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 5);
  await pause(60_000, ending.signal);
  await pause(60_000, ending.signal);
  expect(ending.signal.aborted).toBe(true);
});
