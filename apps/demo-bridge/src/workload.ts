import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Pool } from 'pg';
import { queries, type DemoQuery } from './queries.js';

/** Runs every query at its rate until the signal aborts. A failing query is counted and the next one goes on. */
export async function runWorkload(
  pool: Pool,
  signal: AbortSignal,
  onFailure: (query: string, error: Error) => void,
): Promise<void> {
  await Promise.all(queries.map((query) => repeat(query, pool, signal, onFailure)));
}

async function repeat(
  query: DemoQuery,
  pool: Pool,
  signal: AbortSignal,
  onFailure: (query: string, error: Error) => void,
): Promise<void> {
  while (await pause(meanPauseMs(query.perSecond), signal)) {
    await query.run(pool).catch((error: Error) => onFailure(query.name, error));
  }
}

/** Times between independent requests are exponentially distributed. */
function meanPauseMs(perSecond: number): number {
  return (-Math.log(1 - Math.random()) * 1000) / perSecond;
}

/**
 * The incident of the demo: every `everyMs` so many sessions sit in open transactions that ordinary roles have hardly a
 * connection left, for `lastsMs`. `connect` opens one session.
 */
export async function runBursts(
  burst: { everyMs: number; lastsMs: number; sessions: number },
  connect: () => Promise<Client>,
  signal: AbortSignal,
  onBurst: (sessions: number) => void,
): Promise<void> {
  while (await pause(burst.everyMs, signal)) {
    const attempts = await Promise.allSettled(Array.from({ length: burst.sessions }, () => connect()));
    const sessions = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    onBurst(sessions.length);
    await Promise.allSettled(sessions.map((session) => session.query('begin; select count(*) from orders')));
    await pause(burst.lastsMs, signal);
    await Promise.allSettled(sessions.map((session) => session.end()));
  }
}

/** Resolves to false when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
