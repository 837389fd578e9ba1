import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../errors.js';
import type { StartOptions } from '../process/managed-server.js';
import { inPlace, servePlace } from './postgres.js';
import type { PostgresServer } from './postgres.js';
import { runSingleUser } from './single-user.js';

export interface ReplicaOptions extends StartOptions {
  /** Its application name and slot on the primary: lower case letters, digits and `_`. Default `replica`. */
  readonly name?: string;
  /** As for startPostgres. A folder that holds a replica already goes on from where it was. */
  readonly folder?: string;
  readonly port?: number;
}

/**
 * Starts a streaming replica of a primary with the same version, settings and roles. Resolves when it streams.
 * The copy is made while the primary is stopped, which needs neither a driver nor pg_basebackup: the primary restarts once,
 * within a second, and its sessions end. A slot keeps the WAL that the replica has not seen.
 */
export async function startReplica(primary: PostgresServer, options: ReplicaOptions = {}): Promise<PostgresServer> {
  const { name = 'replica', folder, port = 0, signal, deadlineMs = 60_000 } = options;
  return inPlace(primary.version, folder, async (place) => {
    if (!existsSync(join(place.dataFolder, 'standby.signal'))) {
      await primary.restart(() => copyData(primary, place.dataFolder, name));
    }
    await writeConnection(place.dataFolder, primary, name);
    const replica = await servePlace(place, { ...primary.options, folder, port, signal, deadlineMs });
    try {
      await untilStreaming(replica, deadlineMs, signal);
    } catch (error) {
      await replica.stop();
      throw error;
    }
    return replica;
  });
}

async function copyData(primary: PostgresServer, target: string, name: string): Promise<void> {
  const { place } = primary;
  await runSingleUser({ ...place, folder: place.dataFolder, database: 'postgres' }, [
    `select pg_create_physical_replication_slot('${name}')
     where not exists (select from pg_replication_slots where slot_name = '${name}')`,
  ]);
  await rm(target, { recursive: true, force: true });
  await cp(place.dataFolder, target, { recursive: true });
  await chmod(target, 0o700); // PostgreSQL refuses a folder that others can read
  // The primary's slots would hold back WAL on the replica for ever.
  await rm(join(target, 'pg_replslot'), { recursive: true, force: true });
  await mkdir(join(target, 'pg_replslot'), { mode: 0o700 });
  await writeFile(join(target, 'standby.signal'), '');
}

/** In a file of the data folder and not on the command line, which every user of the machine can read. */
async function writeConnection(folder: string, primary: PostgresServer, name: string): Promise<void> {
  const { authentication = 'trust' } = primary.options;
  const values = {
    host: primary.host,
    port: String(primary.port),
    user: 'postgres',
    application_name: name,
    ...(authentication === 'trust' ? {} : { password: authentication.password }),
  };
  const quoted = Object.entries(values).map(([key, value]) => `${key}='${value.replace(/['\\]/g, '\\$&')}'`);
  // In a configuration file both the quote and the backslash are special once more.
  const connection = quoted.join(' ').replaceAll('\\', '\\\\').replaceAll("'", "''");
  await writeFile(
    join(folder, 'postgresql.auto.conf'),
    `primary_conninfo = '${connection}'\nprimary_slot_name = '${name}'\n`,
    { mode: 0o600 },
  );
}

async function untilStreaming(replica: PostgresServer, deadlineMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  const logged = () => readFileSync(replica.logFile, 'utf8');
  const before = logged().lastIndexOf('starting PostgreSQL');
  while (!logged().slice(before).includes('started streaming WAL')) {
    if (signal?.aborted) throw errors.START_ABORTED({ server: 'the replica' }, signal.reason);
    if (performance.now() > deadline) {
      const lines = logged().trimEnd().split('\n').slice(-6).join('\n');
      const reason = 'it does not stream from its primary';
      throw errors.SERVER_NOT_READY({ server: 'the replica', deadlineMs, reason, logFile: replica.logFile, lines });
    }
    await sleep(40);
  }
}
