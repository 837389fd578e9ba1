import { expect, test } from 'vitest';
import { readPoolStatus } from './pool-status.js';

const health = {
  status: 'healthy',
  connected: true,
  pool: { size: 10, max_size: 50, acquired_count: 7, released_count: 5 },
};

test('a health check alone, or within the health page of a service', () => {
  const pages = [health, { status: 'degraded', dependencies: { kafka: {}, postgres: health } }, { postgres: health }];
  for (const page of pages)
    expect(readPoolStatus(page)).toMatchObject({ isConnected: true, open: 10, max: 50, acquired: 7 });
});

test('what is open is not what is in use, and what is acquired and not released is not either', () => {
  expect(readPoolStatus(health)?.idle).toBeUndefined();
  expect(readPoolStatus({ ...health, pool: { ...health.pool, pool_free: 4 } })?.idle).toBe(4);
});

test('a service whose pool can not be looked at', () => {
  const broken = { ...health, pool: { error: 'Could not retrieve pool statistics', acquired_count: 7 } };
  expect(readPoolStatus(broken)).toMatchObject({ open: undefined, acquired: 7 });
  const gone = { status: 'unhealthy', connected: false, error: 'x', pool_exhaustion_likely: true };
  expect(readPoolStatus(gone)).toMatchObject({ isConnected: false, isExhausted: true, open: undefined });
});

test.each([null, 3, 'x', [], {}, { status: 'healthy' }, { dependencies: { postgres: 'up' } }])(
  '%j is no health check',
  (json) => {
    expect(readPoolStatus(json)).toBeUndefined();
  },
);
