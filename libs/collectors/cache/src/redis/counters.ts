import { countedSince } from '../counter-era.js';
import type { Counted, Era } from '../counter-era.js';
import type { Info } from './info.js';
import { mayHaveBeenReset, serverStartMs } from './server-run.js';

/** Counters of INFO that CONFIG RESETSTAT sets to 0 together with all others. */
const telling = [
  'total_connections_received',
  'total_commands_processed',
  'total_net_input_bytes',
  'total_net_output_bytes',
  'keyspace_hits',
  'keyspace_misses',
  'expired_keys',
  'evicted_keys',
  'total_error_replies',
] as const;

/**
 * Since when the counters of a server count, and why they began anew. Each family that has counters knows it by itself, from
 * the same INFO, so all come to the same. CONFIG RESETSTAT keeps run_id and uptime, hence the values that fall.
 */
export function serverCounted(info: Info, before: Era | undefined, atMs: number): Counted {
  // The server subtracts whole seconds from whole seconds, so what it says can be almost a second more than it was.
  const uptime = info.get('uptime_in_seconds');
  return countedSince(
    {
      run: info.get('run_id'),
      ...(uptime !== undefined && { upMs: (Number(uptime) - 1) * 1000 }),
      startMs: serverStartMs(info),
      mayHaveBeenReset: mayHaveBeenReset(info),
      counts: Object.fromEntries(telling.map((name) => [name, info.get(name)])),
    },
    before,
    atMs,
  );
}
