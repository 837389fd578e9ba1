import { errorMonitor } from 'node:events';
import type { EventEmitter } from 'node:events';
import { poolMetrics } from '@omninode/contracts';
import { clientMetrics } from '../client.metrics.js';
import { clientErrors } from '../errors.js';
import type { Meter } from '../meter/meter.js';
import { ErrorTotals } from '../watch/error-totals.js';
import { replaceMethod } from '../watch/replace-method.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';

/** As much of `pg.Pool` as is needed here. */
export interface PgPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  connect: unknown;
  readonly on: unknown;
  readonly removeListener: unknown;
}

/**
 * Times how long requests wait for a connection and how long they keep it. Every way to a connection goes through the pool's
 * `connect`, its own `query` too. Events tell of connections that are opened, closed and given back.
 * Source: https://github.com/brianc/node-postgres/blob/master/packages/pg-pool/index.js
 */
export function watchPool({ meter, onProblem }: WatchContext, pool: string, watched: PgPool): Watch {
  if (typeof watched?.connect !== 'function' || typeof watched.totalCount !== 'number') {
    throw clientErrors.NOT_WATCHABLE({
      name: pool,
      kind: 'a pool of pg',
      detail: 'it has no connect() or no totalCount',
    });
  }
  const wait = meter.distribution(poolMetrics, 'omninode_database_connection_pool_wait_seconds', { pool });
  const use = meter.distribution(poolMetrics, 'omninode_database_connection_pool_use_seconds', { pool });
  const opened = meter.total(poolMetrics, 'omninode_database_connection_pool_opened_total', { pool });
  const closed = meter.total(poolMetrics, 'omninode_database_connection_pool_closed_total', { pool });
  const errors = errorTotals(meter, pool);
  /** Connections that are lent out, with the time of the monotonic clock, ms. */
  const lentAtMs = new WeakMap<object, number>();

  function gotAnswer(startedMs: number, error: unknown, connection: unknown): void {
    const nowMs = performance.now();
    wait.record((nowMs - startedMs) / 1_000);
    if (error) errors.add(error);
    else if (typeof connection === 'object' && connection !== null) lentAtMs.set(connection, nowMs);
  }

  function givenBack(_: unknown, connection: object): void {
    const sinceMs = lentAtMs.get(connection);
    if (sinceMs === undefined) return; // the pool itself took it, to close it
    lentAtMs.delete(connection);
    use.record((performance.now() - sinceMs) / 1_000);
  }

  return watchOf([
    observeLevels(meter, pool, watched),
    replaceMethod(watched as { connect: Connect }, 'connect', (original, isActive) =>
      timedConnect(watched, original, isActive, gotAnswer),
    ),
    listen(watched, 'connect', () => opened.add()),
    listen(watched, 'remove', () => closed.add()),
    listen(watched, 'release', givenBack as Listener),
    // Not `error`: an error that nobody listens to ends the process, and whether anybody does is the host's business.
    listen(watched, errorMonitor, (error) => errors.add(error)),
  ]);

  function listen(pg: PgPool, event: string | symbol, heard: Listener): () => void {
    const emitter = pg as unknown as EventEmitter;
    const listener: Listener = (...given) => {
      try {
        heard(...given);
      } catch (error) {
        onProblem(error);
      }
    };
    emitter.on(event, listener);
    return () => void emitter.removeListener(event, listener);
  }
}

type Listener = (...given: unknown[]) => void;
type Callback = (error: unknown, connection?: unknown, release?: unknown) => void;
type Connect = (callback?: Callback) => Promise<unknown> | undefined;

function timedConnect(
  pool: PgPool,
  original: Connect,
  isActive: () => boolean,
  gotAnswer: (startedMs: number, error: unknown, connection: unknown) => void,
): Connect {
  return function connect(callback) {
    if (!isActive()) return original.call(pool, callback);
    const startedMs = performance.now();
    if (typeof callback === 'function') {
      return original.call(pool, (error, connection, release) => {
        gotAnswer(startedMs, error, connection);
        callback(error, connection, release);
      });
    }
    return original.call(pool)?.then(
      (connection) => {
        gotAnswer(startedMs, undefined, connection);
        return connection;
      },
      (error: unknown) => {
        gotAnswer(startedMs, error ?? 'rejected', undefined);
        throw error;
      },
    );
  };
}

function observeLevels(meter: Meter, pool: string, watched: PgPool): () => void {
  const server = { service: 'postgresql', pool };
  const active = meter.level(poolMetrics, 'omninode_active_connections', server);
  const max = meter.level(poolMetrics, 'omninode_max_connections', server);
  const inUse = meter.level(poolMetrics, 'omninode_database_connection_pool_connections', { pool, state: 'in_use' });
  const idle = meter.level(poolMetrics, 'omninode_database_connection_pool_connections', { pool, state: 'idle' });
  const waiting = meter.level(poolMetrics, 'omninode_database_connection_pool_waiting_requests', { pool });
  const levels = [active, max, inUse, idle, waiting];
  const stop = meter.observe(() => {
    const lent = watched.totalCount - watched.idleCount;
    active.set(lent);
    inUse.set(lent);
    idle.set(watched.idleCount);
    waiting.set(watched.waitingCount);
    // Read anew each time: it can be changed while the pool runs.
    max.set((watched as { options?: { max?: number } }).options?.max);
  });
  return () => {
    stop();
    for (const level of levels) level.set(undefined);
  };
}

function errorTotals(meter: Meter, pool: string): ErrorTotals {
  return new ErrorTotals(
    (error_type) => meter.total(poolMetrics, 'omninode_database_connection_pool_errors_total', { pool, error_type }),
    () => meter.total(clientMetrics, 'omninode_mesh_client_other_labels_total', { label: 'error_type' }).add(),
  );
}
