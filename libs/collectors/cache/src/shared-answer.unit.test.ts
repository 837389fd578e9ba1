import { expect, test } from 'vitest';
import { SharedAnswer } from './shared-answer.js';

const { signal } = new AbortController();

test('all families of a pass are given one answer; who comes again begins the next', async () => {
  let [asked, nowMs] = [0, 0];
  const shared = new SharedAnswer(
    async () => ++asked,
    () => nowMs,
  );
  expect(await shared.get('a', signal)).toEqual({ answer: 1, isNew: true });
  expect(await shared.get('b', signal)).toEqual({ answer: 1, isNew: false });
  nowMs = 10_000;
  expect(await shared.get('a', signal)).toEqual({ answer: 2, isNew: true });
  nowMs = 10_950;
  expect(await shared.get('b', signal)).toEqual({ answer: 3, isNew: true }); // too old to be of this pass
});

test('a failure is shared too, so that it is met once a pass', async () => {
  let asked = 0;
  const shared = new SharedAnswer(async () => {
    asked++;
    throw new Error('away');
  });
  for (const family of ['a', 'b', 'c']) await expect(shared.get(family, signal)).rejects.toThrow('away');
  expect(asked).toBe(1);
  await expect(shared.get('a', signal)).rejects.toThrow('away');
  expect(asked).toBe(2);
});
