import { expect, test } from 'vitest';
import { setbackOf } from './delivery.js';
import { notifierErrors } from './errors.js';

const where = { receiver: 'x', address: 'y' };

test('pauses grow to a minute, by chance between half and whole', () => {
  const error = notifierErrors.RECEIVER_FAILED({ ...where, status: 500 });
  expect([1, 2, 3, 10, 5_000].map((failures) => setbackOf(error, failures, 0.999_999).pauseMs).map(Math.round)).toEqual(
    [1_000, 2_000, 4_000, 60_000, 60_000],
  );
  expect(setbackOf(error, 1, 0).pauseMs).toBe(500);
});

test('Retry-After counts, but not for ever; a refused message holds up its own group only', () => {
  const asked = (retryAfterMs: number) =>
    setbackOf(notifierErrors.RECEIVER_BUSY({ ...where, status: 429, retryAfterMs }), 1, 0);
  expect([asked(7_000), asked(1e9)]).toEqual([
    { scope: 'receiver', pauseMs: 7_000 },
    { scope: 'receiver', pauseMs: 900_000 },
  ]);
  expect(setbackOf(notifierErrors.RECEIVER_REFUSED({ ...where, status: 400, answer: '' }), 1, 0).scope).toBe('group');
  expect(setbackOf(new TypeError('ours'), 1, 0)).toEqual({ scope: 'receiver', pauseMs: 500 });
});
