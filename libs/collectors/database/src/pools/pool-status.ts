import type { Figure } from '@omninode/collector-kit';

/** What a service told of its pool: parsed and not looked at, or why it did not. */
export type ApplicationPoolReply =
  { readonly pool: string; readonly json: unknown } | { readonly pool: string; readonly failure: string };

/** A pool in the platform's words. `undefined`: the service does not say. */
export interface PoolStatus {
  readonly isConnected: boolean | undefined;
  /** Whether a connection could not be had in time. */
  readonly isExhausted: boolean;
  /** Open connections, in use or not: the platform's `size`. Its `utilization_percent` is made of it, and says nothing of use. */
  readonly open: Figure;
  /** Those of them that nobody uses. PostgresClient does not tell; other pools of the platform do. */
  readonly idle: Figure;
  readonly min: Figure;
  readonly max: Figure;
  readonly acquired: Figure;
  readonly released: Figure;
  readonly exhaustions: Figure;
}

/**
 * Reads the JSON of `PostgresClient.health_check()`, alone or within the health page of a service, which holds it as
 * `dependencies.postgres`; `undefined` for anything else. Requests under way are not told: what was acquired and not
 * released counts those that failed to acquire as well, and those of some methods not at all.
 */
export function readPoolStatus(json: unknown): PoolStatus | undefined {
  const health = [json, at(json, 'dependencies', 'postgres'), at(json, 'postgres')].find(isHealth);
  if (health === undefined) return undefined;
  const figure = (...names: readonly string[]): Figure => {
    const value = names.map((name) => at(health, 'pool', name)).find((one) => one !== undefined && one !== null);
    return typeof value === 'number' || typeof value === 'string' ? value : undefined;
  };
  const isConnected = at(health, 'connected');
  return {
    isConnected: typeof isConnected === 'boolean' ? isConnected : undefined,
    isExhausted: at(health, 'pool_exhaustion_likely') === true,
    open: figure('size', 'pool_size'),
    idle: figure('idle_size', 'pool_free', 'idle'),
    min: figure('min_size'),
    max: figure('max_size'),
    acquired: figure('acquired_count'),
    released: figure('released_count'),
    exhaustions: figure('exhaustion_alerts'),
  };
}

function isHealth(json: unknown): boolean {
  return typeof at(json, 'connected') === 'boolean' || typeof at(json, 'pool') === 'object';
}

function at(json: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    json,
  );
}
