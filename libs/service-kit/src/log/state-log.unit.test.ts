import { expect, test } from 'vitest';
import { createLogger } from './logger.js';
import { stateLog } from './state-log.js';

function start() {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const clock = { nowMs: 0 };
  const state = stateLog(createLogger({ service: 'test', format: 'json', destination }), () => clock.nowMs);
  return { state, clock, lines, sentences: () => lines.map(({ msg }) => msg) };
}

test('a failure that repeats is one line, and so is its end', () => {
  const { state, clock, lines } = start();
  for (clock.nowMs = 0; clock.nowMs < 60_000; clock.nowMs += 10_000)
    state.failing('orders-db', 'The target does not answer.', { code: 'ECONNREFUSED' });
  state.working('orders-db', 'The target answers again.');
  state.working('orders-db', 'The target answers again.');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      msg: 'The target does not answer.',
      subject: 'orders-db',
      code: 'ECONNREFUSED',
    }),
    expect.objectContaining({
      level: 'info',
      msg: 'The target answers again.',
      subject: 'orders-db',
      failures: 6,
      failedForSeconds: 60,
    }),
  ]);
});

test('another way to fail is another line; other fields are not', () => {
  const { state, sentences } = start();
  state.failing('a', 'It fails.', { code: 'X', attempt: 1 });
  state.failing('a', 'It fails.', { code: 'X', attempt: 2 });
  state.failing('a', 'It fails.', { code: 'Y', attempt: 3 });
  state.failing('a', 'It fails.', { reason: 'z' });
  state.failing('a', 'It fails otherwise.', { reason: 'z' });
  expect(sentences()).toHaveLength(4);
});

test('subjects do not mix, and one that works from the start is no news', () => {
  const { state, sentences } = start();
  state.working('a', 'A works.');
  state.failing('a', 'A fails.');
  state.failing('b', 'B fails.');
  state.working('b', 'B works.');
  expect(sentences()).toEqual(['A fails.', 'B fails.', 'B works.']);
});

test('a forgotten subject fails anew', () => {
  const { state, sentences } = start();
  state.failing('a', 'A fails.');
  state.forget('a');
  state.working('a', 'A works.');
  state.failing('a', 'A fails.');
  expect(sentences()).toEqual(['A fails.', 'A fails.']);
});
