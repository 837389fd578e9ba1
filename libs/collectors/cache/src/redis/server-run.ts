import type { Info } from './info.js';

/** When the process was started by its own clock, ms since 1970 UTC: whole seconds, the same in every reply. */
export function serverStartMs(info: Info): number | undefined {
  const [now, uptime] = [info.get('server_time_usec'), info.get('uptime_in_seconds')];
  if (now === undefined || uptime === undefined) return undefined;
  return (Math.floor(Number(now) / 1_000_000) - Number(uptime)) * 1000;
}

/**
 * Whether somebody ran CONFIG RESETSTAT since the process was started. It counts itself as the first command after it.
 * Redis before 7 tells only of CONFIG, so any CONFIG may have been one.
 */
export function mayHaveBeenReset(info: Info): boolean {
  return info.get('cmdstat_config|resetstat') !== undefined || info.get('cmdstat_config') !== undefined;
}

/** The server's own version, 70015 for 7.0.15. Valkey gives Redis' version to old clients; its own stands beside it. */
export function serverVersion(info: Info): { readonly server: string; readonly version: number | undefined } {
  const valkey = info.get('valkey_version');
  const [major, minor, patch] = (valkey ?? info.get('redis_version') ?? '').split('.').map(Number);
  const version = Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
  return {
    server: valkey === undefined ? 'redis' : 'valkey',
    version: Number.isInteger(version) ? version : undefined,
  };
}

/**
 * What to ask of INFO. `all` is known to every version, but holds percentiles of latency, which cost the server more than all
 * the rest; from 7.0 on sections can be named together. https://redis.io/docs/latest/commands/info/
 */
export function infoSections(before: Info | undefined): readonly string[] {
  const major = Number(before?.get('redis_version')?.split('.')[0]);
  return major >= 7 ? ['default', 'commandstats'] : ['all'];
}

/** `primary` and `replica`, for what INFO still calls otherwise. */
export function roleOf(info: Info): 'primary' | 'replica' | undefined {
  const role = info.get('role');
  if (role === 'master') return 'primary';
  return role === 'slave' ? 'replica' : undefined;
}
