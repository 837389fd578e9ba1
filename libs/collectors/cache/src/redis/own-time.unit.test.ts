import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addOwnTime } from './own-time.js';

test('where all calls are ours, all of the time is', () => {
  const first = addOwnTime(undefined, { calls: 4, usec: 100, own: 4 });
  expect(first.ownUsec).toBe(100);
  expect(addOwnTime(first, { calls: 6, usec: 130, own: 6 }).ownUsec).toBe(130);
});

test('the share is that of the interval, not of all time', () => {
  const first = addOwnTime(undefined, { calls: 1_000, usec: 50_000, own: 0 });
  expect(addOwnTime(first, { calls: 1_002, usec: 50_040, own: 1 }).ownUsec).toBe(20);
});

test('the time of the others never falls', () => {
  const step = fc.record({ calls: fc.nat(50), usec: fc.nat(5_000), own: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let [time, calls, usec, own, others] = [addOwnTime(undefined, { calls: 0, usec: 0, own: 0 }), 0, 0, 0, 0];
      for (const more of steps) {
        [calls, usec, own] = [calls + more.calls, usec + more.usec, own + more.own];
        time = addOwnTime(time, { calls, usec, own });
        expect(usec - time.ownUsec).toBeGreaterThanOrEqual(others - 1e-6);
        others = usec - time.ownUsec;
      }
    }),
  );
});
