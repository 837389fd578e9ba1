import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { step } from '../step.mjs';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const erase = '\u001B[2K';
const cases = [
  { isTTY: false, says: ['… build\n', '… build, 10 s so far\n', '… build, 20 s so far\n', '✓ build 21.5 s\n'] },
  {
    isTTY: true,
    says: [
      `${erase}… build\r`,
      ...Array.from({ length: 21 }, (_, at) => `${erase}… build, ${at + 1} s so far\r`),
      `${erase}✓ build 21.5 s\n`,
    ],
  },
];

test.each(cases)('a long step tells its progress (on a terminal: $isTTY)', async ({ isTTY, says }) => {
  const written: string[] = [];
  const done = step('build', () => new Promise((resolve) => setTimeout(resolve, 21_500, 'result')), {
    isTTY,
    write: (text: string) => written.push(text),
  });
  await vi.advanceTimersByTimeAsync(21_500);
  expect(await done).toBe('result');
  expect(written).toEqual(says);
});

test('a step that takes no time says nothing; one that fails does not say that it is done', async () => {
  const written: string[] = [];
  const output = { isTTY: false, write: (text: string) => written.push(text) };
  await step('look', async () => 1, output);
  const failing = step(
    'build',
    () => new Promise((_, reject) => setTimeout(reject, 2_000, new Error('no room'))),
    output,
  );
  const failed = expect(failing).rejects.toThrow('no room');
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(written).toEqual(['… build\n']);
});
