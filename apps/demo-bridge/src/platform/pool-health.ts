import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '@omninode/contracts';
import type { HookStore } from '../hooks/hook-store.js';

/** Above this share of open connections the platform warns, if requests wait too. */
const warningRatio = 0.9;

/** What the platform's `PostgresClient.health_check()` gives. Its `size` are open connections, in use or not. */
export async function poolHealth(store: HookStore): Promise<object> {
  const { pool, counts } = store;
  const failure = await testQuery(store);
  if (failure !== undefined) {
    const isExhausted = pool.waitingCount > 0 && pool.totalCount >= pool.options.max;
    return {
      status: 'unhealthy',
      connected: false,
      error: failure,
      ...(isExhausted && { pool_exhaustion_likely: true }),
    };
  }
  const ratio = pool.totalCount / pool.options.max;
  return {
    status: 'healthy',
    connected: true,
    test_query: true,
    pool: {
      size: pool.totalCount,
      max_size: pool.options.max,
      min_size: pool.options.min ?? 0,
      utilization_percent: Math.round(ratio * 1_000) / 10,
      acquired_count: counts.acquired,
      released_count: counts.released,
      potential_leaks: counts.acquired - counts.released,
      exhaustion_alerts: counts.exhausted,
    },
    pool_health: ratio > warningRatio && pool.waitingCount > 0 ? 'warning' : 'normal',
  };
}

/** Whoever asks has less patience than those who wait for a connection. */
const patienceMs = 500;

/** Why it got no answer. */
async function testQuery(store: HookStore): Promise<string | undefined> {
  const answered = store
    .ask((pool) => pool.query('select 1'))
    .then(
      () => undefined,
      (error: unknown) => errorCode(error),
    );
  return Promise.race([answered, sleep(patienceMs, `no answer within ${patienceMs} ms`, { ref: false })]);
}
